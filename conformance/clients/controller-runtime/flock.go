package main

import (
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var flocks = schema.GroupVersion{Group: "birds.example.com", Version: "v1"}

// Flock is a kind of the operator's own: so many birds, kept by a Deployment.
type Flock struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   FlockSpec   `json:"spec,omitempty"`
	Status FlockStatus `json:"status,omitempty"`
}

type FlockSpec struct {
	Size int32  `json:"size"`
	Song string `json:"song,omitempty"`
}

type FlockStatus struct {
	Size       int32              `json:"size,omitempty"`
	Ready      int32              `json:"ready,omitempty"`
	Song       string             `json:"song,omitempty"`
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

type FlockList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Flock `json:"items"`
}

func (f *Flock) DeepCopyObject() runtime.Object {
	copied := *f
	copied.ObjectMeta = *f.ObjectMeta.DeepCopy()
	copied.Status.Conditions = append([]metav1.Condition(nil), f.Status.Conditions...)
	return &copied
}

func (l *FlockList) DeepCopyObject() runtime.Object {
	copied := *l
	copied.ListMeta = *l.ListMeta.DeepCopy()
	copied.Items = nil
	for i := range l.Items {
		copied.Items = append(copied.Items, *l.Items[i].DeepCopyObject().(*Flock))
	}
	return &copied
}

func addFlocks(scheme *runtime.Scheme) {
	scheme.AddKnownTypes(flocks, &Flock{}, &FlockList{})
	metav1.AddToGroupVersion(scheme, flocks)
}

func flockDefinition() *apiextensionsv1.CustomResourceDefinition {
	number := func(least float64) apiextensionsv1.JSONSchemaProps {
		return apiextensionsv1.JSONSchemaProps{Type: "integer", Format: "int32", Minimum: &least}
	}
	text := apiextensionsv1.JSONSchemaProps{Type: "string"}
	song := text
	song.Default = &apiextensionsv1.JSON{Raw: []byte(`"tweet"`)}
	replicas := ".spec.size"
	condition := apiextensionsv1.JSONSchemaProps{Type: "object", Required: []string{"type", "status"}, Properties: map[string]apiextensionsv1.JSONSchemaProps{
		"type": text, "status": text, "reason": text, "message": text,
		"lastTransitionTime": {Type: "string", Format: "date-time"}, "observedGeneration": {Type: "integer", Format: "int64"},
	}}
	mapped := "map"
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "flocks." + flocks.Group},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: flocks.Group,
			Scope: apiextensionsv1.NamespaceScoped,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: "flocks", Singular: "flock", Kind: "Flock", ListKind: "FlockList"},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: flocks.Version, Served: true, Storage: true,
				Subresources: &apiextensionsv1.CustomResourceSubresources{
					Status: &apiextensionsv1.CustomResourceSubresourceStatus{},
					Scale:  &apiextensionsv1.CustomResourceSubresourceScale{SpecReplicasPath: replicas, StatusReplicasPath: ".status.size"},
				},
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{
					"spec": {Type: "object", Required: []string{"size"}, Properties: map[string]apiextensionsv1.JSONSchemaProps{"size": number(0), "song": song}},
					"status": {Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{
						"size": number(0), "ready": number(0), "song": text,
						"conditions": {Type: "array", XListType: &mapped, XListMapKeys: []string{"type"}, Items: &apiextensionsv1.JSONSchemaPropsOrArray{Schema: &condition}},
					}},
				}}},
			}},
		},
	}
}
