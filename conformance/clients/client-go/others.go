package main

import (
	"context"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applyautoscalingv1 "k8s.io/client-go/applyconfigurations/autoscaling/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applymetav1 "k8s.io/client-go/applyconfigurations/meta/v1"
)

func subresources(ctx context.Context, all clients) error {
	pods := all.typed.CoreV1().Pods(all.namespace)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "lone"}, Spec: corev1.PodSpec{SchedulerName: "nobody", Containers: []corev1.Container{{Name: "c", Image: "nginx"}}}}
	pod, err := pods.Create(ctx, pod, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	nodes, err := all.typed.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	if len(nodes.Items) == 0 {
		return fmt.Errorf("there are no nodes")
	}
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "lone"}, Target: corev1.ObjectReference{Kind: "Node", Name: nodes.Items[0].Name}}
	if err := pods.Bind(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := until(ctx, func() bool {
		pod, err = pods.Get(ctx, "lone", metav1.GetOptions{})
		return err == nil && pod.Status.Phase == corev1.PodRunning
	}); err != nil {
		return err
	}
	if err := pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "lone"}}); err != nil {
		return err
	}
	template := applycorev1.PodTemplateSpec().WithLabels(map[string]string{"app": "sets"}).WithSpec(applycorev1.PodSpec().WithContainers(applycorev1.Container().WithName("c").WithImage("nginx")))
	set := applyappsv1.ReplicaSet("sets", all.namespace).WithSpec(applyappsv1.ReplicaSetSpec().WithReplicas(0).WithSelector(applymetav1.LabelSelector().WithMatchLabels(map[string]string{"app": "sets"})).WithTemplate(template))
	sets := all.typed.AppsV1().ReplicaSets(all.namespace)
	if _, err := sets.Apply(ctx, set, metav1.ApplyOptions{FieldManager: "client-go"}); err != nil {
		return err
	}
	scale := applyautoscalingv1.Scale().WithSpec(applyautoscalingv1.ScaleSpec().WithReplicas(2))
	scaled, err := sets.ApplyScale(ctx, "sets", scale, metav1.ApplyOptions{FieldManager: "scaler", Force: true})
	if err != nil {
		return err
	}
	return expect(scaled.Spec.Replicas == 2, "scaled to %d", scaled.Spec.Replicas)
}

func tokens(ctx context.Context, all clients) error {
	accounts := all.typed.CoreV1().ServiceAccounts(all.namespace)
	if _, err := accounts.Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}, metav1.CreateOptions{}); err != nil {
		return err
	}
	request, err := accounts.CreateToken(ctx, "robot", &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	review, err := all.typed.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: request.Status.Token}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	name := "system:serviceaccount:" + all.namespace + ":robot"
	if err := expect(review.Status.Authenticated && review.Status.User.Username == name, "whose token: %+v", review.Status); err != nil {
		return err
	}
	access := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{User: name, ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "get", Resource: "secrets", Namespace: all.namespace}}}
	decided, err := all.typed.AuthorizationV1().SubjectAccessReviews().Create(ctx, access, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return expect(!decided.Status.Allowed, "a new account may read secrets")
}

func discovery(_ context.Context, all clients) error {
	groups, resources, err := all.typed.Discovery().ServerGroupsAndResources()
	if err != nil {
		return err
	}
	count := 0
	for _, list := range resources {
		count += len(list.APIResources)
	}
	if err := expect(len(groups) >= 20 && count >= 100, "%d groups, %d resources", len(groups), count); err != nil {
		return err
	}
	version, err := all.typed.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	if _, err := all.typed.Discovery().OpenAPISchema(); err != nil {
		return err
	}
	return expect(version.Major == "1" && version.Minor == "36", "version %s", version)
}
