package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
)

func (w world) configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: w.namespace, Labels: map[string]string{"made-by": "controller-runtime"}}, Data: data}
}

func (w world) flock(name string, size int32) *Flock {
	return &Flock{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: w.namespace}, Spec: FlockSpec{Size: size}}
}

func createUpdateDelete(ctx context.Context, w world) error {
	flock := w.flock("crud", 2)
	if err := w.api.Create(ctx, flock); err != nil {
		return err
	}
	if err := expect(flock.UID != "" && flock.Generation == 1 && flock.Spec.Song == "tweet", "made as %+v", flock); err != nil {
		return err
	}
	if err := expect(apierrors.IsAlreadyExists(w.api.Create(ctx, w.flock("crud", 2))), "a second create"); err != nil {
		return err
	}
	err := w.api.Create(ctx, w.flock("wrong", -1))
	if err := expect(apierrors.IsInvalid(err), "a flock of less than nothing: %v", err); err != nil {
		return err
	}
	stale := flock.DeepCopyObject().(*Flock)
	flock.Spec.Size = 3
	if err := w.api.Update(ctx, flock); err != nil {
		return err
	}
	if err := expect(flock.Generation == 2, "generation %d", flock.Generation); err != nil {
		return err
	}
	stale.Spec.Size = 4
	if err := expect(apierrors.IsConflict(w.api.Update(ctx, stale)), "a stale update"); err != nil {
		return err
	}
	if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		if err := w.api.Get(ctx, client.ObjectKeyFromObject(stale), stale); err != nil {
			return err
		}
		stale.Spec.Size = 4
		return w.api.Update(ctx, stale)
	}); err != nil {
		return err
	}
	untyped := &unstructured.Unstructured{}
	untyped.SetGroupVersionKind(flocks.WithKind("Flock"))
	if err := w.api.Get(ctx, client.ObjectKeyFromObject(flock), untyped); err != nil {
		return err
	}
	size, _, _ := unstructured.NestedInt64(untyped.Object, "spec", "size")
	if err := expect(size == 4, "size %d", size); err != nil {
		return err
	}
	err = w.api.Delete(ctx, flock, client.Preconditions{ResourceVersion: &flock.ResourceVersion})
	if err := expect(apierrors.IsConflict(err), "a delete of a former version: %v", err); err != nil {
		return err
	}
	if err := w.api.Delete(ctx, flock); err != nil {
		return err
	}
	return expect(apierrors.IsNotFound(w.api.Get(ctx, client.ObjectKeyFromObject(flock), flock)), "after the delete")
}

func patches(ctx context.Context, w world) error {
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "patched", Namespace: w.namespace}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80}}}}
	if err := w.api.Create(ctx, service); err != nil {
		return err
	}
	before := service.DeepCopy()
	service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{Name: "https", Port: 443})
	if err := w.api.Patch(ctx, service, client.StrategicMergeFrom(before)); err != nil {
		return err
	}
	if err := expect(len(service.Spec.Ports) == 2, "%d ports", len(service.Spec.Ports)); err != nil {
		return err
	}
	if err := w.api.Patch(ctx, service, client.RawPatch(types.JSONPatchType, []byte(`[{"op":"remove","path":"/spec/ports/0"}]`))); err != nil {
		return err
	}
	if err := expect(service.Spec.Ports[0].Port == 443, "port %d", service.Spec.Ports[0].Port); err != nil {
		return err
	}
	changed := before.DeepCopy()
	changed.Labels = map[string]string{"late": "yes"}
	err := w.api.Patch(ctx, changed, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
	if err := expect(apierrors.IsConflict(err), "a patch of a former version: %v", err); err != nil {
		return err
	}
	changed.ResourceVersion = before.ResourceVersion
	if err := w.api.Patch(ctx, changed, client.MergeFrom(before)); err != nil {
		return err
	}
	if err := expect(changed.Labels["late"] == "yes" && changed.Spec.Ports[0].Port == 443, "merged to %+v", changed); err != nil {
		return err
	}
	result, err := controllerutil.CreateOrPatch(ctx, w.api, changed, func() error { changed.Labels["late"] = "no"; return nil })
	return expect(err == nil && result == controllerutil.OperationResultUpdated, "%s %v", result, err)
}

func apply(ctx context.Context, w world) error {
	of := func(data map[string]string) *applycorev1.ConfigMapApplyConfiguration {
		return applycorev1.ConfigMap("applied", w.namespace).WithData(data)
	}
	if err := w.api.Apply(ctx, of(map[string]string{"a": "1", "b": "1"}), client.FieldOwner("one")); err != nil {
		return err
	}
	err := w.api.Apply(ctx, of(map[string]string{"a": "2"}), client.FieldOwner("two"))
	if err := expect(apierrors.IsConflict(err), "what another owner has: %v", err); err != nil {
		return err
	}
	if err := w.api.Apply(ctx, of(map[string]string{"a": "2"}), client.FieldOwner("two"), client.ForceOwnership); err != nil {
		return err
	}
	if err := w.api.Apply(ctx, of(map[string]string{}), client.FieldOwner("one")); err != nil {
		return err
	}
	var applied corev1.ConfigMap
	if err := w.api.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: "applied"}, &applied); err != nil {
		return err
	}
	return expect(reflect.DeepEqual(applied.Data, map[string]string{"a": "2"}), "left: %v", applied.Data)
}

func pages(ctx context.Context, w world) error {
	for i := range 7 {
		if err := w.api.Create(ctx, w.configMap(fmt.Sprintf("page-%d", i), nil)); err != nil {
			return err
		}
	}
	selected := []client.ListOption{client.InNamespace(w.namespace), client.MatchingLabels{"made-by": "controller-runtime"}, client.Limit(3)}
	seen, token := 0, ""
	for _, size := range []int{3, 3, 1} {
		var list corev1.ConfigMapList
		if err := w.api.List(ctx, &list, append(selected, client.Continue(token))...); err != nil {
			return err
		}
		if err := expect(len(list.Items) == size, "a page of %d", len(list.Items)); err != nil {
			return err
		}
		seen, token = seen+len(list.Items), list.Continue
	}
	if err := expect(token == "" && seen == 7, "%d of 7", seen); err != nil {
		return err
	}
	if err := w.api.DeleteAllOf(ctx, &corev1.ConfigMap{}, client.InNamespace(w.namespace), client.MatchingLabels{"made-by": "controller-runtime"}); err != nil {
		return err
	}
	var left corev1.ConfigMapList
	if err := w.api.List(ctx, &left, client.InNamespace(w.namespace), client.MatchingLabels{"made-by": "controller-runtime"}); err != nil {
		return err
	}
	return expect(len(left.Items) == 0, "%d are left", len(left.Items))
}

func watchMetadata(ctx context.Context, w world) error {
	var list metav1.PartialObjectMetadataList
	list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMapList"))
	watcher, err := w.api.Watch(ctx, &list, client.InNamespace(w.namespace), client.MatchingFields{"metadata.name": "watched"})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	object := w.configMap("watched", nil)
	if err := w.api.Create(ctx, object); err != nil {
		return err
	}
	object.Data = map[string]string{"a": "b"}
	if err := w.api.Update(ctx, object); err != nil {
		return err
	}
	if err := w.api.Delete(ctx, object); err != nil {
		return err
	}
	for _, want := range []watch.EventType{watch.Added, watch.Modified, watch.Deleted} {
		select {
		case event := <-watcher.ResultChan():
			partial, is := event.Object.(*metav1.PartialObjectMetadata)
			if event.Type != want || !is || partial.Name != "watched" {
				return fmt.Errorf("%s %T instead of %s", event.Type, event.Object, want)
			}
		case <-time.After(10 * time.Second):
			return fmt.Errorf("no %s event", want)
		}
	}
	return nil
}

func dryRun(ctx context.Context, w world) error {
	tried := w.configMap("tried", nil)
	if err := client.NewDryRunClient(w.api).Create(ctx, tried); err != nil {
		return err
	}
	if err := expect(tried.UID != "" && tried.ResourceVersion == "", "tried as %+v", tried.ObjectMeta); err != nil {
		return err
	}
	return expect(apierrors.IsNotFound(w.api.Get(ctx, client.ObjectKeyFromObject(tried), tried)), "it is there")
}

func subresources(ctx context.Context, w world) error {
	flock := w.flock("scaled", 1)
	if err := w.api.Create(ctx, flock); err != nil {
		return err
	}
	flock.Spec.Size, flock.Status.Size = 9, 1
	if err := w.api.Status().Update(ctx, flock); err != nil {
		return err
	}
	if err := expect(flock.Spec.Size == 1 && flock.Status.Size == 1 && flock.Generation == 1, "after its status: %+v", flock); err != nil {
		return err
	}
	scale := &autoscalingv1.Scale{}
	if err := w.api.SubResource("scale").Get(ctx, flock, scale); err != nil {
		return err
	}
	if err := expect(scale.Spec.Replicas == 1 && scale.Status.Replicas == 1, "its scale: %+v", scale); err != nil {
		return err
	}
	scale.Spec.Replicas = 5
	if err := w.api.SubResource("scale").Update(ctx, flock, client.WithSubResourceBody(scale)); err != nil {
		return err
	}
	if err := w.api.Get(ctx, client.ObjectKeyFromObject(flock), flock); err != nil {
		return err
	}
	return expect(flock.Spec.Size == 5 && flock.Generation == 2, "scaled to %+v", flock)
}

// A cache is stopped, the world changes, another one starts.
func cached(ctx context.Context, w world) error {
	for round := range 2 {
		running, stop := context.WithCancel(ctx)
		err := cachedOnce(running, w, round)
		stop()
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	return nil
}

func cachedOnce(ctx context.Context, w world, round int) error {
	kept, err := cache.New(w.config, cache.Options{Scheme: w.scheme, DefaultNamespaces: map[string]cache.Config{w.namespace: {}}})
	if err != nil {
		return err
	}
	if err := kept.IndexField(ctx, &Flock{}, "spec.song", func(object client.Object) []string { return []string{object.(*Flock).Spec.Song} }); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- kept.Start(ctx) }()
	if !kept.WaitForCacheSync(ctx) {
		return <-ended
	}
	singing := func(song string) int {
		var list FlockList
		if err := kept.List(ctx, &list, client.MatchingFields{"spec.song": song}); err != nil {
			return -1
		}
		return len(list.Items)
	}
	if err := until(ctx, "what was made before", func() bool { return singing("croak") == round && singing("tweet") == 1 }); err != nil {
		return err
	}
	flock := w.flock(fmt.Sprintf("raven-%d", round), 1)
	flock.Spec.Song = "croak"
	if err := w.api.Create(ctx, flock); err != nil {
		return err
	}
	return until(ctx, "what is made now", func() bool { return singing("croak") == round+1 })
}
