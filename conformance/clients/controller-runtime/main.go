// An operator written with controller-runtime against the cluster of $KUBECONFIG: its client, cache, manager, controllers and leader election.
// It ends with the first surprise and exit code 1.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// What the checks share. The client reads from the server, not from a cache.
type world struct {
	config    *rest.Config
	scheme    *runtime.Scheme
	api       client.WithWatch
	namespace string
}

var checks = []struct {
	name string
	run  func(context.Context, world) error
}{
	{"create, get, update, delete", createUpdateDelete},
	{"patches and their conflicts", patches},
	{"two owners apply", apply},
	{"lists in pages", pages},
	{"a watch of metadata", watchMetadata},
	{"a dry run", dryRun},
	{"status and scale", subresources},
	{"a cache with an index and a selector", cached},
	{"a manager reconciles, another one takes over", managers},
}

func main() {
	ctrl.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "controller-runtime:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 1000, 2000
	w := world{config: config, scheme: runtime.NewScheme()}
	if err := clientgoscheme.AddToScheme(w.scheme); err != nil {
		return err
	}
	addFlocks(w.scheme)
	definitions := []*apiextensionsv1.CustomResourceDefinition{flockDefinition()}
	if _, err := envtest.InstallCRDs(config, envtest.CRDInstallOptions{CRDs: definitions, PollInterval: 50 * time.Millisecond}); err != nil {
		return fmt.Errorf("installing the definition: %w", err)
	}
	if w.api, err = client.NewWithWatch(config, client.Options{Scheme: w.scheme}); err != nil {
		return err
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "controller-runtime-"}}
	if err := w.api.Create(ctx, namespace); err != nil {
		return err
	}
	w.namespace = namespace.Name
	for _, check := range checks {
		if err := check.run(ctx, w); err != nil {
			return fmt.Errorf("%s: %w", check.name, err)
		}
		fmt.Println("ok", check.name)
	}
	if err := w.api.Delete(ctx, namespace); err != nil {
		return err
	}
	return envtest.UninstallCRDs(config, envtest.CRDInstallOptions{CRDs: definitions})
}

func expect(condition bool, format string, args ...any) error {
	if condition {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func until(ctx context.Context, what string, condition func() bool) error {
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, 30*time.Second, true, func(context.Context) (bool, error) { return condition(), nil })
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
