package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/retry"
)

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func unstructuredConfigMap(name string, data map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name, "labels": map[string]any{"made-by": "dynamic"}}, "data": data,
	}}
}

func dynamicClient(ctx context.Context, all clients) error {
	return exercise(ctx, all.dynamic.Resource(configMaps).Namespace(all.namespace), unstructuredConfigMap, "data")
}

// exercise does with a namespaced resource all that the dynamic client can. Its objects hold strings in the field `field`.
func exercise(ctx context.Context, api dynamic.ResourceInterface, make func(string, map[string]any) *unstructured.Unstructured, field string) error {
	watcher, err := api.Watch(ctx, metav1.ListOptions{LabelSelector: "made-by=dynamic"})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	made, err := api.Create(ctx, make("untyped", map[string]any{"a": "1"}), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_, err = api.Create(ctx, make("untyped", nil), metav1.CreateOptions{})
	if err := expect(apierrors.IsAlreadyExists(err), "a second create: %v", err); err != nil {
		return err
	}
	stale := made.DeepCopy()
	if err := unstructured.SetNestedField(made.Object, "2", field, "a"); err != nil {
		return err
	}
	if _, err = api.Update(ctx, made, metav1.UpdateOptions{}); err != nil {
		return err
	}
	_ = unstructured.SetNestedField(stale.Object, "3", field, "a")
	_, err = api.Update(ctx, stale, metav1.UpdateOptions{})
	if err := expect(apierrors.IsConflict(err), "a stale update: %v", err); err != nil {
		return err
	}
	patched, err := api.Patch(ctx, "untyped", types.MergePatchType, fmt.Appendf(nil, `{"%s":{"a":null,"b":"1"}}`, field), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if patched, err = api.Patch(ctx, "untyped", types.JSONPatchType, fmt.Appendf(nil, `[{"op":"copy","from":"/%s/b","path":"/%s/c"}]`, field, field), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := expect(reflect.DeepEqual(patched.Object[field], map[string]any{"b": "1", "c": "1"}), "patched to %v", patched.Object[field]); err != nil {
		return err
	}
	_, err = api.Apply(ctx, "untyped", make("untyped", map[string]any{"a": "1", "c": "2"}), metav1.ApplyOptions{FieldManager: "me"})
	if err := expect(apierrors.IsConflict(err), "an apply of what a patch owns: %v", err); err != nil {
		return err
	}
	if cause, ok := apierrors.StatusCause(err, metav1.CauseTypeFieldManagerConflict); !ok || cause.Field != "."+field+".c" {
		return fmt.Errorf("the cause of the conflict: %+v", cause)
	}
	applied, err := api.Apply(ctx, "untyped", make("untyped", map[string]any{"a": "1", "c": "2"}), metav1.ApplyOptions{FieldManager: "me", Force: true})
	if err != nil {
		return err
	}
	if err := expect(reflect.DeepEqual(applied.Object[field], map[string]any{"a": "1", "b": "1", "c": "2"}), "applied: %v", applied.Object[field]); err != nil {
		return err
	}
	for i := range 5 {
		if _, err := api.Apply(ctx, fmt.Sprintf("page-%d", i), make(fmt.Sprintf("page-%d", i), map[string]any{}), metav1.ApplyOptions{FieldManager: "me"}); err != nil {
			return err
		}
	}
	page, err := api.List(ctx, metav1.ListOptions{Limit: 4, LabelSelector: "made-by=dynamic"})
	if err != nil {
		return err
	}
	rest, err := api.List(ctx, metav1.ListOptions{Continue: page.GetContinue(), LabelSelector: "made-by=dynamic"})
	if err != nil {
		return err
	}
	if err := expect(len(page.Items) == 4 && len(rest.Items) == 2 && rest.GetResourceVersion() == page.GetResourceVersion(), "pages of %d and %d", len(page.Items), len(rest.Items)); err != nil {
		return err
	}
	if err := api.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "made-by=dynamic"}); err != nil {
		return err
	}
	wanted := []watch.EventType{watch.Added, watch.Modified, watch.Modified, watch.Modified, watch.Modified, watch.Added, watch.Added, watch.Added, watch.Added, watch.Added}
	for range 6 {
		wanted = append(wanted, watch.Deleted)
	}
	for i, kind := range wanted {
		select {
		case event := <-watcher.ResultChan():
			if event.Type != kind {
				return fmt.Errorf("event %d is %s instead of %s", i, event.Type, kind)
			}
		case <-time.After(10 * time.Second):
			return fmt.Errorf("no event %d: %s", i, kind)
		}
	}
	return nil
}

func metadataClient(ctx context.Context, all clients) error {
	api := all.metadata.Resource(configMaps).Namespace(all.namespace)
	if _, err := all.typed.CoreV1().ConfigMaps(all.namespace).Create(ctx, configMap("known", map[string]string{"a": "b"}), metav1.CreateOptions{}); err != nil {
		return err
	}
	known, err := api.Get(ctx, "known", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := expect(known.UID != "" && known.Labels["made-by"] == "client-go", "known as %+v", known); err != nil {
		return err
	}
	watcher, err := api.Watch(ctx, metav1.ListOptions{ResourceVersion: known.ResourceVersion, FieldSelector: "metadata.name=known"})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	patched, err := api.Patch(ctx, "known", types.MergePatchType, []byte(`{"metadata":{"annotations":{"note":"hello"}}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if err := expect(patched.Annotations["note"] == "hello", "patched to %+v", patched); err != nil {
		return err
	}
	list, err := api.List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return err
	}
	if err := expect(len(list.Items) == 1 && list.Continue != "", "a page of %d", len(list.Items)); err != nil {
		return err
	}
	if err := api.Delete(ctx, "known", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for _, kind := range []watch.EventType{watch.Modified, watch.Deleted} {
		select {
		case event := <-watcher.ResultChan():
			if _, partial := event.Object.(*metav1.PartialObjectMetadata); event.Type != kind || !partial {
				return fmt.Errorf("%s %T instead of %s", event.Type, event.Object, kind)
			}
		case <-time.After(10 * time.Second):
			return fmt.Errorf("no %s event", kind)
		}
	}
	_, err = api.Get(ctx, "known", metav1.GetOptions{})
	return expect(apierrors.IsNotFound(err), "after the delete: %v", err)
}

// A CustomResourceDefinition, made through the dynamic client, and what it serves.
func customKind(ctx context.Context, all clients) error {
	definitions := all.dynamic.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	group := all.namespace + ".example.com"
	name := "baskets." + group
	definition := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"group": group, "scope": "Namespaced", "names": map[string]any{"plural": "baskets", "kind": "Basket"},
			"versions": []any{map[string]any{
				"name": "v1", "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "properties": map[string]any{
					"spec": map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}},
				}}},
			}},
		},
	}}
	if _, err := definitions.Create(ctx, definition, metav1.CreateOptions{}); err != nil {
		return err
	}
	established := func() bool {
		stored, err := definitions.Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return false
		}
		conditions, _, _ := unstructured.NestedSlice(stored.Object, "status", "conditions")
		for _, condition := range conditions {
			if condition.(map[string]any)["type"] == "Established" && condition.(map[string]any)["status"] == "True" {
				return true
			}
		}
		return false
	}
	if err := until(ctx, established); err != nil {
		return err
	}
	baskets := all.dynamic.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: "baskets"}).Namespace(all.namespace)
	// Established is a promise of the server that wrote it; the handlers may be a moment behind.
	if err := retry.OnError(retry.DefaultBackoff, apierrors.IsNotFound, func() error {
		_, err := baskets.List(ctx, metav1.ListOptions{})
		return err
	}); err != nil {
		return err
	}
	basket := func(name string, spec map[string]any) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": group + "/v1", "kind": "Basket", "metadata": map[string]any{"name": name, "labels": map[string]any{"made-by": "dynamic"}}, "spec": spec,
		}}
	}
	if err := exercise(ctx, baskets, basket, "spec"); err != nil {
		return err
	}
	return definitions.Delete(ctx, name, metav1.DeleteOptions{})
}
