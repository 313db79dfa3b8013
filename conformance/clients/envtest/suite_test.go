// A suite as authors of operators write it with controller-runtime's envtest: it starts the etcd and the kube-apiserver of $KUBEBUILDER_ASSETS,
// installs a CRD and webhooks, and runs a manager against them.
package envtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

var (
	environment *envtest.Environment
	config      *rest.Config
	api         client.Client
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		ctrl.SetLogger(zap.New())
		environment = &envtest.Environment{CRDs: []*apiextensionsv1.CustomResourceDefinition{nests()}, WebhookInstallOptions: webhooks()}
		began := time.Now()
		var err error
		if config, err = environment.Start(); err != nil {
			fmt.Fprintln(os.Stderr, "the environment did not start:", err)
			return 1
		}
		fmt.Println("started in", time.Since(began).Round(time.Millisecond))
		defer func() {
			if err := environment.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "the environment did not stop:", err)
				os.Exit(1)
			}
		}()
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		if err := startManager(ctx, ended); err != nil {
			fmt.Fprintln(os.Stderr, "the manager did not start:", err)
			return 1
		}
		defer func() {
			cancel()
			<-ended
		}()
		return m.Run()
	}())
}

func nests() *apiextensionsv1.CustomResourceDefinition {
	properties := map[string]apiextensionsv1.JSONSchemaProps{
		"spec":   {Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"eggs": {Type: "integer", Minimum: ptr.To(0.0), Default: &apiextensionsv1.JSON{Raw: []byte("2")}}}},
		"status": {Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"chicks": {Type: "integer"}}},
	}
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "nests.birds.example.com"},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: "birds.example.com",
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: "nests", Singular: "nest", Kind: "Nest", ListKind: "NestList"},
			Scope: apiextensionsv1.NamespaceScoped,
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: "v1", Served: true, Storage: true,
				Schema:       &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", Properties: properties}},
				Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
			}},
		},
	}
}

// Called for ConfigMaps that are labelled for it. envtest makes the paths URLs of the manager's webhook server.
func webhooks() envtest.WebhookInstallOptions {
	at := func(path string) admissionv1.WebhookClientConfig {
		return admissionv1.WebhookClientConfig{Service: &admissionv1.ServiceReference{Namespace: "default", Name: "operator", Path: &path}}
	}
	rules := []admissionv1.RuleWithOperations{{
		Operations: []admissionv1.OperationType{admissionv1.Create},
		Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
	}}
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"hooked": "yes"}}
	versions, effects := []string{"v1"}, ptr.To(admissionv1.SideEffectClassNone)
	return envtest.WebhookInstallOptions{
		MutatingWebhooks: []*admissionv1.MutatingWebhookConfiguration{{
			ObjectMeta: metav1.ObjectMeta{Name: "colors"},
			Webhooks:   []admissionv1.MutatingWebhook{{Name: "colors.birds.example.com", ClientConfig: at("/color"), Rules: rules, ObjectSelector: selector, AdmissionReviewVersions: versions, SideEffects: effects}},
		}},
		ValidatingWebhooks: []*admissionv1.ValidatingWebhookConfiguration{{
			ObjectMeta: metav1.ObjectMeta{Name: "cats"},
			Webhooks:   []admissionv1.ValidatingWebhook{{Name: "cats.birds.example.com", ClientConfig: at("/no-cats"), Rules: rules, ObjectSelector: selector, AdmissionReviewVersions: versions, SideEffects: effects}},
		}},
	}
}

func nest(name string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "birds.example.com/v1", "kind": "Nest", "spec": map[string]any{}}}
	object.SetNamespace("default")
	object.SetName(name)
	return object
}

// The manager hatches eggs, and answers the webhooks.
func startManager(ctx context.Context, ended chan<- struct{}) error {
	options := environment.WebhookInstallOptions
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Metrics:       server.Options{BindAddress: "0"},
		WebhookServer: webhook.NewServer(webhook.Options{Host: options.LocalServingHost, Port: options.LocalServingPort, CertDir: options.LocalServingCertDir}),
	})
	if err != nil {
		return err
	}
	if api, err = client.New(config, client.Options{Scheme: scheme.Scheme}); err != nil {
		return err
	}
	hooks := manager.GetWebhookServer()
	hooks.Register("/color", &webhook.Admission{Handler: admission.HandlerFunc(func(_ context.Context, request admission.Request) admission.Response {
		return admission.Patched("", webhook.JSONPatchOp{Operation: "add", Path: "/metadata/labels/color", Value: "red"})
	})})
	hooks.Register("/no-cats", &webhook.Admission{Handler: admission.HandlerFunc(func(_ context.Context, request admission.Request) admission.Response {
		if strings.Contains(request.Name, "cat") {
			return admission.Denied("no cats")
		}
		return admission.Allowed("").WithWarnings("birds only")
	})})
	hatch := reconcile.Func(func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
		found := nest(request.Name)
		if err := manager.GetClient().Get(ctx, request.NamespacedName, found); err != nil {
			return reconcile.Result{}, client.IgnoreNotFound(err)
		}
		eggs, _, _ := unstructured.NestedInt64(found.Object, "spec", "eggs")
		if chicks, exists, _ := unstructured.NestedInt64(found.Object, "status", "chicks"); exists && chicks == eggs {
			return reconcile.Result{}, nil
		}
		_ = unstructured.SetNestedField(found.Object, eggs, "status", "chicks")
		return reconcile.Result{}, manager.GetClient().Status().Update(ctx, found)
	})
	if err := ctrl.NewControllerManagedBy(manager).For(nest("")).Complete(hatch); err != nil {
		return err
	}
	go func() {
		if err := manager.Start(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "the manager ended:", err)
			os.Exit(1)
		}
		close(ended)
	}()
	ready := hooks.StartedChecker()
	return wait.PollUntilContextTimeout(ctx, 10*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
		return ready(&http.Request{}) == nil, nil
	})
}

func TestReconcile(t *testing.T) {
	ctx := t.Context()
	made := nest("robin")
	must(t, api.Create(ctx, made))
	must(t, wait.PollUntilContextTimeout(ctx, 10*time.Millisecond, 10*time.Second, true, func(ctx context.Context) (bool, error) {
		if err := api.Get(ctx, client.ObjectKeyFromObject(made), made); err != nil {
			return false, err
		}
		chicks, _, _ := unstructured.NestedInt64(made.Object, "status", "chicks")
		return chicks == 2, nil
	}))
	bad := nest("bad")
	_ = unstructured.SetNestedField(bad.Object, int64(-1), "spec", "eggs")
	if err := api.Create(ctx, bad); !apierrors.IsInvalid(err) {
		t.Fatalf("fewer than no eggs: %v", err)
	}
}

func TestWebhooks(t *testing.T) {
	configMap := func(name string) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, Labels: map[string]string{"hooked": "yes"}}}
	}
	robin := configMap("robin")
	must(t, api.Create(t.Context(), robin))
	if robin.Labels["color"] != "red" {
		t.Fatalf("not mutated: %v", robin.Labels)
	}
	err := api.Create(t.Context(), configMap("cat"))
	if want := `admission webhook "cats.birds.example.com" denied the request: no cats`; !apierrors.IsForbidden(err) || err.Error() != want {
		t.Fatalf("want %s, got %v", want, err)
	}
}

// Users that a suite adds have certificates of envtest's own authority.
func TestUsers(t *testing.T) {
	ctx := t.Context()
	user, err := environment.AddUser(envtest.User{Name: "alice", Groups: []string{"dev"}}, nil)
	must(t, err)
	alice, err := client.New(user.Config(), client.Options{})
	must(t, err)
	pods := &corev1.PodList{}
	if err := alice.List(ctx, pods, client.InNamespace("default")); !apierrors.IsForbidden(err) {
		t.Fatalf("alice reads pods without a role: %v", err)
	}
	must(t, api.Create(ctx, &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "dev"},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"list"}}},
	}))
	must(t, api.Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "dev"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "dev"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "Group", Name: "dev"}},
	}))
	must(t, wait.PollUntilContextTimeout(ctx, 10*time.Millisecond, 10*time.Second, true, func(ctx context.Context) (bool, error) {
		err := alice.List(ctx, pods, client.InNamespace("default"))
		return err == nil, client.IgnoreNotFound(ignoreForbidden(err))
	}))
	kubectl, err := user.Kubectl()
	must(t, err)
	if _, said, err := kubectl.Run("get", "pods"); err != nil && !errors.Is(err, os.ErrNotExist) {
		text, _ := io.ReadAll(said)
		t.Fatalf("kubectl get pods: %v: %s", err, text)
	}
}

func ignoreForbidden(err error) error {
	if apierrors.IsForbidden(err) {
		return nil
	}
	return err
}

// Tokens are signed with the key that envtest gives to the server; without ServiceAccount admission and controllers pods need no service account.
func TestServiceAccounts(t *testing.T) {
	ctx := t.Context()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "operator"}}
	must(t, api.Create(ctx, account))
	request := &authenticationv1.TokenRequest{}
	must(t, api.SubResource("token").Create(ctx, account, request))
	reviewed := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: request.Status.Token}}
	must(t, api.Create(ctx, reviewed))
	if reviewed.Status.User.Username != "system:serviceaccount:default:operator" {
		t.Fatalf("whose token it is: %+v", reviewed.Status)
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "robin"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nginx", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)}}}},
	}
	must(t, api.Create(ctx, pod))
	if pod.Spec.ServiceAccountName != "" || len(pod.Spec.Volumes) > 0 {
		t.Fatalf("a service account was added: %+v", pod.Spec)
	}
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "robin"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
	must(t, api.Create(ctx, service))
	if !strings.HasPrefix(service.Spec.ClusterIP, "10.0.0.") {
		t.Fatalf("an address of another range: %s", service.Spec.ClusterIP)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
