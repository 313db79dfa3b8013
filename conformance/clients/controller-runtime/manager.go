package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const finalizer = "birds.example.com/farewell"

// keeper keeps a Deployment of as many pods as a Flock has birds, and tells of it in the status. The ConfigMap `songs` says what they sing.
type keeper struct {
	client.Client
	farewells *atomic.Int64
}

func (k keeper) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var flock Flock
	if err := k.Get(ctx, request.NamespacedName, &flock); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !flock.DeletionTimestamp.IsZero() {
		if controllerutil.RemoveFinalizer(&flock, finalizer) {
			if err := k.Update(ctx, &flock); err != nil {
				return ctrl.Result{}, err
			}
			k.farewells.Add(1)
		}
		return ctrl.Result{}, nil
	}
	if controllerutil.AddFinalizer(&flock, finalizer) {
		if err := k.Update(ctx, &flock); err != nil {
			return ctrl.Result{}, err
		}
	}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: flock.Name, Namespace: flock.Namespace}}
	if _, err := controllerutil.CreateOrUpdate(ctx, k.Client, deployment, func() error {
		labels := map[string]string{"flock": flock.Name}
		deployment.Spec.Replicas = ptr.To(flock.Spec.Size)
		deployment.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		deployment.Spec.Template.Labels = labels
		if len(deployment.Spec.Template.Spec.Containers) == 0 {
			deployment.Spec.Template.Spec.Containers = []corev1.Container{{Name: "bird", Image: "nginx"}}
		}
		return controllerutil.SetControllerReference(&flock, deployment, k.Scheme())
	}); err != nil {
		return ctrl.Result{}, err
	}
	var songs corev1.ConfigMap
	if err := k.Get(ctx, client.ObjectKey{Namespace: flock.Namespace, Name: "songs"}, &songs); client.IgnoreNotFound(err) != nil {
		return ctrl.Result{}, err
	}
	before := flock.DeepCopyObject().(*Flock)
	flock.Status.Size, flock.Status.Ready, flock.Status.Song = deployment.Status.Replicas, deployment.Status.ReadyReplicas, songs.Data[flock.Spec.Song]
	state := metav1.ConditionFalse
	if flock.Status.Ready == flock.Spec.Size && flock.Status.Size == flock.Spec.Size {
		state = metav1.ConditionTrue
	}
	meta.SetStatusCondition(&flock.Status.Conditions, metav1.Condition{Type: "Complete", Status: state, Reason: "Counted", ObservedGeneration: flock.Generation})
	return ctrl.Result{}, k.Status().Patch(ctx, &flock, client.MergeFrom(before))
}

// startManager runs until its context ends; `ended` then gets what it says.
func startManager(ctx context.Context, w world, name string, farewells *atomic.Int64) (manager ctrl.Manager, ended chan error, err error) {
	manager, err = ctrl.NewManager(w.config, ctrl.Options{
		Scheme: w.scheme, Metrics: server.Options{BindAddress: "0"}, Cache: cache.Options{DefaultNamespaces: map[string]cache.Config{w.namespace: {}}},
		LeaderElection: true, LeaderElectionID: "keeper", LeaderElectionNamespace: w.namespace, LeaderElectionReleaseOnCancel: true,
		LeaseDuration: ptr.To(3 * time.Second), RenewDeadline: ptr.To(2 * time.Second), RetryPeriod: ptr.To(200 * time.Millisecond),
		Controller: config.Controller{SkipNameValidation: ptr.To(true)},
	})
	if err != nil {
		return
	}
	err = ctrl.NewControllerManagedBy(manager).
		Named(name).
		For(&Flock{}).
		Owns(&appsv1.Deployment{}).
		Watches(&corev1.ConfigMap{}, handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, object client.Object) (requests []reconcile.Request) {
			if object.GetName() != "songs" {
				return nil
			}
			var all FlockList
			if err := manager.GetClient().List(ctx, &all, client.InNamespace(object.GetNamespace())); err != nil {
				return nil
			}
			for i := range all.Items {
				requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&all.Items[i])})
			}
			return requests
		})).
		Complete(keeper{manager.GetClient(), farewells})
	if err != nil {
		return
	}
	ended = make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	return
}

func managers(ctx context.Context, w world) error {
	var farewells atomic.Int64
	if err := w.api.DeleteAllOf(ctx, &Flock{}, client.InNamespace(w.namespace)); err != nil {
		return err
	}
	flock := w.flock("geese", 2)
	if err := w.api.Create(ctx, flock); err != nil {
		return err
	}
	complete := func(size int32, song string) func() bool {
		return func() bool {
			var seen Flock
			if err := w.api.Get(ctx, client.ObjectKeyFromObject(flock), &seen); err != nil {
				return false
			}
			condition := meta.FindStatusCondition(seen.Status.Conditions, "Complete")
			return condition != nil && condition.Status == metav1.ConditionTrue && condition.ObservedGeneration == seen.Generation && seen.Status.Ready == size && seen.Status.Song == song
		}
	}
	first, endFirst := context.WithCancel(ctx)
	defer endFirst()
	one, oneEnded, err := startManager(first, w, "first", &farewells)
	if err != nil {
		return err
	}
	if err := until(ctx, "the first one keeps", complete(2, "")); err != nil {
		return err
	}
	if err := w.api.Create(ctx, w.configMap("songs", map[string]string{"tweet": "honk"})); err != nil {
		return err
	}
	if err := until(ctx, "it learns the song", complete(2, "honk")); err != nil {
		return err
	}
	second, endSecond := context.WithCancel(ctx)
	defer endSecond()
	two, twoEnded, err := startManager(second, w, "second", &farewells)
	if err != nil {
		return err
	}
	if !two.GetCache().WaitForCacheSync(ctx) {
		return fmt.Errorf("the second one's cache did not fill")
	}
	select {
	case <-one.Elected():
	default:
		return fmt.Errorf("the first one works without being elected")
	}
	select {
	case <-two.Elected():
		return fmt.Errorf("two lead")
	default:
	}
	// The first one goes; what changes before the second one leads is not lost.
	endFirst()
	if err := <-oneEnded; err != nil {
		return err
	}
	if err := w.api.Patch(ctx, flock.DeepCopyObject().(*Flock), client.RawPatch(client.Merge.Type(), []byte(`{"spec":{"size":3}}`))); err != nil {
		return err
	}
	if err := until(ctx, "the second one keeps", complete(3, "honk")); err != nil {
		return err
	}
	// What it owns and someone deletes comes back.
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "geese", Namespace: w.namespace}}
	if err := w.api.Get(ctx, client.ObjectKeyFromObject(deployment), deployment); err != nil {
		return err
	}
	former := deployment.UID
	if err := w.api.Delete(ctx, deployment); err != nil {
		return err
	}
	if err := until(ctx, "the deployment comes back", func() bool {
		return w.api.Get(ctx, client.ObjectKeyFromObject(deployment), deployment) == nil && deployment.UID != former
	}); err != nil {
		return err
	}
	if err := w.api.Delete(ctx, flock); err != nil {
		return err
	}
	if err := until(ctx, "all of it goes", func() bool {
		return apierrors.IsNotFound(w.api.Get(ctx, client.ObjectKeyFromObject(flock), flock)) && apierrors.IsNotFound(w.api.Get(ctx, client.ObjectKeyFromObject(deployment), deployment))
	}); err != nil {
		return err
	}
	if err := expect(farewells.Load() == 1, "%d farewells", farewells.Load()); err != nil {
		return err
	}
	endSecond()
	return <-twoEnded
}
