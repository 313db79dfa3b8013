package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"
)

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"made-by": "client-go"}}, Data: data}
}

func createUpdateDelete(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().ConfigMaps(all.namespace)
	made, err := api.Create(ctx, configMap("crud", map[string]string{"a": "1"}), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if made.UID == "" || made.ResourceVersion == "" || made.CreationTimestamp.IsZero() {
		return fmt.Errorf("system fields are missing: %+v", made.ObjectMeta)
	}
	made.Data["b"] = "2"
	made.BinaryData = map[string][]byte{"c": {0, 1, 255}}
	updated, err := api.Update(ctx, made, metav1.UpdateOptions{FieldManager: "me"})
	if err != nil {
		return err
	}
	asJSON, err := all.json.CoreV1().ConfigMaps(all.namespace).Get(ctx, "crud", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(updated, asJSON) {
		return fmt.Errorf("protobuf and JSON differ: %+v, %+v", updated, asJSON)
	}
	again, err := api.Update(ctx, updated, metav1.UpdateOptions{FieldManager: "me"})
	if err != nil {
		return err
	}
	if err := expect(again.ResourceVersion == updated.ResourceVersion, "an update that changes nothing has a new version"); err != nil {
		return err
	}
	if err := api.Delete(ctx, "crud", metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(made.UID))}); err != nil {
		return err
	}
	_, err = api.Get(ctx, "crud", metav1.GetOptions{})
	return expect(apierrors.IsNotFound(err), "after the delete: %v", err)
}

func conflicts(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().ConfigMaps(all.namespace)
	first, err := api.Create(ctx, configMap("conflict", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	_, err = api.Create(ctx, configMap("conflict", nil), metav1.CreateOptions{})
	if err := expect(apierrors.IsAlreadyExists(err), "a second create: %v", err); err != nil {
		return err
	}
	stale := first.DeepCopy()
	first.Data = map[string]string{"n": "1"}
	if _, err := api.Update(ctx, first, metav1.UpdateOptions{}); err != nil {
		return err
	}
	stale.Data = map[string]string{"n": "2"}
	_, err = api.Update(ctx, stale, metav1.UpdateOptions{})
	if err := expect(apierrors.IsConflict(err), "a stale update: %v", err); err != nil {
		return err
	}
	attempts := 0
	return retry.RetryOnConflict(retry.DefaultRetry, func() error {
		attempts++
		if attempts > 1 {
			if stale, err = api.Get(ctx, "conflict", metav1.GetOptions{}); err != nil {
				return err
			}
			stale.Data = map[string]string{"n": "2"}
		}
		_, err := api.Update(ctx, stale, metav1.UpdateOptions{})
		return err
	})
}

func patches(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().Services(all.namespace)
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "patched"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80}}}}
	if _, err := api.Create(ctx, service, metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, patch := range []struct {
		kind types.PatchType
		body string
		want []int32
	}{
		{types.StrategicMergePatchType, `{"spec":{"ports":[{"name":"https","port":443}]}}`, []int32{443, 80}},
		{types.JSONPatchType, `[{"op":"replace","path":"/spec/ports/0/port","value":8443}]`, []int32{8443, 80}},
		{types.MergePatchType, `{"spec":{"ports":[{"name":"only","port":1}]}}`, []int32{1}},
	} {
		patched, err := api.Patch(ctx, "patched", patch.kind, []byte(patch.body), metav1.PatchOptions{})
		if err != nil {
			return err
		}
		var ports []int32
		for _, port := range patched.Spec.Ports {
			ports = append(ports, port.Port)
		}
		if err := expect(reflect.DeepEqual(ports, patch.want), "%s: ports %v", patch.kind, ports); err != nil {
			return err
		}
	}
	return nil
}

func apply(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().ConfigMaps(all.namespace)
	of := func(data map[string]string) *applycorev1.ConfigMapApplyConfiguration {
		return applycorev1.ConfigMap("applied", all.namespace).WithData(data)
	}
	if _, err := api.Apply(ctx, of(map[string]string{"a": "1", "b": "1"}), metav1.ApplyOptions{FieldManager: "one"}); err != nil {
		return err
	}
	_, err := api.Apply(ctx, of(map[string]string{"a": "2"}), metav1.ApplyOptions{FieldManager: "two"})
	if err := expect(apierrors.IsConflict(err), "what another manager owns: %v", err); err != nil {
		return err
	}
	if _, err := api.Apply(ctx, of(map[string]string{"a": "2"}), metav1.ApplyOptions{FieldManager: "two", Force: true}); err != nil {
		return err
	}
	applied, err := api.Apply(ctx, of(map[string]string{}), metav1.ApplyOptions{FieldManager: "one"})
	if err != nil {
		return err
	}
	if err := expect(reflect.DeepEqual(applied.Data, map[string]string{"a": "2"}), "what one gave up: %v", applied.Data); err != nil {
		return err
	}
	extracted, err := applycorev1.ExtractConfigMap(applied, "two")
	if err != nil {
		return err
	}
	return expect(reflect.DeepEqual(extracted.Data, map[string]string{"a": "2"}), "what two owns: %v", extracted.Data)
}

func pages(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().Secrets(all.namespace)
	for i := range 25 {
		if _, err := api.Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("page-%02d", i)}}, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	lister := pager.New(pager.SimplePageFunc(func(options metav1.ListOptions) (runtime.Object, error) { return api.List(ctx, options) }))
	lister.PageSize = 10
	seen := 0
	if err := lister.EachListItem(ctx, metav1.ListOptions{}, func(runtime.Object) error { seen++; return nil }); err != nil {
		return err
	}
	if err := expect(seen == 25, "%d of 25", seen); err != nil {
		return err
	}
	page, err := api.List(ctx, metav1.ListOptions{Limit: 10})
	if err != nil {
		return err
	}
	if err := expect(page.RemainingItemCount != nil && *page.RemainingItemCount == 15, "remaining: %v", page.RemainingItemCount); err != nil {
		return err
	}
	if err := api.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
		return err
	}
	left, err := api.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	return expect(meta.LenList(left) == 0, "%d are left", meta.LenList(left))
}

func errors(ctx context.Context, all clients) error {
	api := all.typed.CoreV1().ConfigMaps(all.namespace)
	_, err := api.Get(ctx, "none", metav1.GetOptions{})
	if err := expect(apierrors.IsNotFound(err), "not found: %v", err); err != nil {
		return err
	}
	_, err = api.Create(ctx, configMap("Wrong Name", nil), metav1.CreateOptions{})
	if err := expect(apierrors.IsInvalid(err), "invalid: %v", err); err != nil {
		return err
	}
	if cause, ok := apierrors.StatusCause(err, metav1.CauseTypeFieldValueInvalid); !ok || cause.Field != "metadata.name" {
		return fmt.Errorf("its cause: %+v", err)
	}
	_, err = api.Update(ctx, configMap("none", nil), metav1.UpdateOptions{})
	if err := expect(apierrors.IsNotFound(err), "an update of nothing: %v", err); err != nil {
		return err
	}
	_, err = api.List(ctx, metav1.ListOptions{LabelSelector: "=="})
	if err := expect(apierrors.IsBadRequest(err), "a bad selector: %v", err); err != nil {
		return err
	}
	// Asked again ten times, as the answer wishes, it would take most of the time of all this.
	future := all.json.CoreV1().RESTClient().Get().Namespace(all.namespace).Resource("configmaps").MaxRetries(0)
	err = future.Param("resourceVersion", "99999999999").Param("resourceVersionMatch", "NotOlderThan").Do(ctx).Error()
	if err := expect(apierrors.IsTimeout(err), "a version of the future: %v", err); err != nil {
		return err
	}
	body, _ := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "strict"}, "dada": map[string]any{}})
	err = all.json.CoreV1().RESTClient().Post().Namespace(all.namespace).Resource("configmaps").Param("fieldValidation", "Strict").SetHeader("Content-Type", "application/json").Body(body).Do(ctx).Error()
	return expect(apierrors.IsBadRequest(err), "an unknown field: %v", err)
}
