package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	watchtools "k8s.io/client-go/tools/watch"
)

func until(ctx context.Context, condition func() bool) error {
	return wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, 30*time.Second, true, func(context.Context) (bool, error) { return condition(), nil })
}

func watchFromList(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().ConfigMaps(all.namespace)
	list, err := api.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	watcher, err := api.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion, LabelSelector: "seen=yes", AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	object := configMap("watched", nil)
	object.Labels["seen"] = "yes"
	if object, err = api.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	object.Data = map[string]string{"a": "b"}
	if object, err = api.Update(ctx, object, metav1.UpdateOptions{}); err != nil {
		return err
	}
	delete(object.Labels, "seen")
	if _, err = api.Update(ctx, object, metav1.UpdateOptions{}); err != nil {
		return err
	}
	for _, want := range []watch.EventType{watch.Added, watch.Modified, watch.Deleted} {
		select {
		case event := <-watcher.ResultChan():
			if event.Type != want || event.Object.(*corev1.ConfigMap).Name != "watched" {
				return fmt.Errorf("%s %v instead of %s", event.Type, event.Object, want)
			}
		case <-time.After(10 * time.Second):
			return fmt.Errorf("no %s event", want)
		}
	}
	return nil
}

// An informer is stopped, the world changes, another one starts: it has all of it, and nothing that is gone.
func informerRestart(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().ConfigMaps(all.namespace)
	for round := range 3 {
		stop, end := context.WithCancel(ctx)
		factory := informers.NewSharedInformerFactoryWithOptions(all.typed, 0, informers.WithNamespace(all.namespace))
		informer := factory.Core().V1().ConfigMaps()
		var added atomic.Int64
		if _, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(any) { added.Add(1) }}); err != nil {
			end()
			return err
		}
		factory.Start(stop.Done())
		if !cache.WaitForCacheSync(ctx.Done(), informer.Informer().HasSynced) {
			end()
			return fmt.Errorf("round %d did not sync", round)
		}
		name := fmt.Sprintf("informed-%d", round)
		if _, err := api.Create(ctx, configMap(name, nil), metav1.CreateOptions{}); err != nil {
			end()
			return err
		}
		before := fmt.Sprintf("informed-%d", round-1)
		err := until(ctx, func() bool {
			if _, err := informer.Lister().ConfigMaps(all.namespace).Get(name); err != nil {
				return false
			}
			if round == 0 {
				return true
			}
			changed, err := informer.Lister().ConfigMaps(all.namespace).Get(before)
			return err == nil && changed.Data["meanwhile"] == "changed"
		})
		end()
		factory.Shutdown()
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		list, err := api.List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		if err := expect(added.Load() == int64(len(list.Items)), "round %d: %d of %d", round, added.Load(), len(list.Items)); err != nil {
			return err
		}
		if _, err := api.Patch(ctx, name, types.MergePatchType, []byte(`{"data":{"meanwhile":"changed"}}`), metav1.PatchOptions{}); err != nil {
			return err
		}
		if round > 0 {
			if err := api.Delete(ctx, "informed-0", metav1.DeleteOptions{}); err != nil && round == 1 {
				return err
			}
		}
	}
	return nil
}

// What happened while nobody watched comes first, in order, and nothing twice.
func watchResumed(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().ConfigMaps(all.namespace)
	options := metav1.ListOptions{LabelSelector: "made-by=resume"}
	list, err := api.List(ctx, options)
	if err != nil {
		return err
	}
	object := configMap("resumed", nil)
	object.Labels["made-by"] = "resume"
	if object, err = api.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	selected := &cache.ListWatch{WatchFuncWithContext: func(ctx context.Context, given metav1.ListOptions) (watch.Interface, error) {
		given.LabelSelector = options.LabelSelector
		return api.Watch(ctx, given)
	}}
	next := func(from string, want ...watch.EventType) (string, error) {
		watcher, err := watchtools.NewRetryWatcherWithContext(ctx, from, selected)
		if err != nil {
			return "", err
		}
		defer watcher.Stop()
		for _, kind := range want {
			select {
			case event := <-watcher.ResultChan():
				if event.Type != kind {
					return "", fmt.Errorf("%s %v instead of %s", event.Type, event.Object, kind)
				}
				from = event.Object.(*corev1.ConfigMap).ResourceVersion
			case <-time.After(10 * time.Second):
				return "", fmt.Errorf("no %s event", kind)
			}
		}
		return from, nil
	}
	from, err := next(list.ResourceVersion, watch.Added)
	if err != nil {
		return err
	}
	object.Data = map[string]string{"a": "b"}
	if _, err = api.Update(ctx, object, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if err := api.Delete(ctx, object.Name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	_, err = next(from, watch.Modified, watch.Deleted)
	return err
}

func dynamicInformers(ctx context.Context, all clients) error {
	stop, end := context.WithCancel(ctx)
	defer end()
	resource := schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	dynamicFactory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(all.dynamic, 0, all.namespace, nil)
	metadataFactory := metadatainformer.NewFilteredSharedInformerFactory(all.metadata, 0, all.namespace, nil)
	whole, part := dynamicFactory.ForResource(resource), metadataFactory.ForResource(resource)
	whole.Informer()
	part.Informer()
	dynamicFactory.Start(stop.Done())
	metadataFactory.Start(stop.Done())
	if !cache.WaitForCacheSync(ctx.Done(), whole.Informer().HasSynced, part.Informer().HasSynced) {
		return fmt.Errorf("they did not sync")
	}
	if _, err := all.typed.CoreV1().ConfigMaps(all.namespace).Create(ctx, configMap("dynamic", map[string]string{"a": "b"}), metav1.CreateOptions{}); err != nil {
		return err
	}
	return until(ctx, func() bool {
		object, err := whole.Lister().ByNamespace(all.namespace).Get("dynamic")
		if err != nil {
			return false
		}
		partial, err := part.Lister().ByNamespace(all.namespace).Get("dynamic")
		if err != nil {
			return false
		}
		content := object.(runtime.Unstructured).UnstructuredContent()
		return content["data"].(map[string]any)["a"] == "b" && partial.(*metav1.PartialObjectMetadata).Labels["made-by"] == "client-go"
	})
}

func workload(ctx context.Context, all clients) error {
	labels := map[string]string{"app": "web"}
	replicas := int32(3)
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nginx"}}}},
		},
	}
	api := all.typed.AppsV1().Deployments(all.namespace)
	if _, err := api.Create(ctx, deployment, metav1.CreateOptions{}); err != nil {
		return err
	}
	watcher := &cache.ListWatch{
		ListFunc:  func(options metav1.ListOptions) (runtime.Object, error) { return api.List(ctx, options) },
		WatchFunc: func(options metav1.ListOptions) (watch.Interface, error) { return api.Watch(ctx, options) },
	}
	limited, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := watchtools.UntilWithSync(limited, watcher, &appsv1.Deployment{}, nil, func(event watch.Event) (bool, error) {
		return event.Object.(*appsv1.Deployment).Status.ReadyReplicas == replicas, nil
	})
	return err
}

func leaders(ctx context.Context, all clients) error {
	var leading atomic.Int64
	var turns atomic.Int64
	candidate := func(ctx context.Context, identity string) {
		lock := &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: "lead", Namespace: all.namespace},
			Client:     all.typed.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		}
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: lock, ReleaseOnCancel: true, LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 200 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leading.Add(1); turns.Add(1) },
				OnStoppedLeading: func() { leading.Store(0) },
			},
		})
	}
	first, endFirst := context.WithCancel(ctx)
	second, endSecond := context.WithCancel(ctx)
	defer endSecond()
	go candidate(first, "first")
	if err := until(ctx, func() bool { return turns.Load() == 1 }); err != nil {
		endFirst()
		return err
	}
	go candidate(second, "second")
	endFirst()
	if err := until(ctx, func() bool { return turns.Load() == 2 }); err != nil {
		return err
	}
	return expect(leading.Load() == 1, "%d lead", leading.Load())
}
