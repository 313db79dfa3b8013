/** Where a project's CustomResourceDefinitions are: folders (or files) of a Go module, which the module proxy has. */
export interface Project {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  readonly paths: readonly string[];
}

/** To add one: its line here. */
export const projects: readonly Project[] = [
  { name: 'istio', module: 'istio.io/api', version: 'v1.32.0', paths: ['kubernetes/customresourcedefinitions.gen.yaml'] },
  { name: 'argo-cd', module: 'github.com/argoproj/argo-cd/v3', version: 'v3.4.0', paths: ['manifests/crds'] },
  {
    name: 'kyverno',
    module: 'github.com/kyverno/kyverno',
    version: 'v1.19.1',
    paths: ['config/crds/kyverno', 'config/crds/policies.kyverno.io', 'config/crds/policyreport', 'config/crds/reports'],
  },
  { name: 'keda', module: 'github.com/kedacore/keda/v2', version: 'v2.21.0', paths: ['config/crd/bases'] },
  { name: 'knative-serving', module: 'knative.dev/serving', version: 'v0.51.0', paths: ['config/core/300-resources'] },
  {
    name: 'cluster-api',
    module: 'sigs.k8s.io/cluster-api',
    version: 'v1.14.2',
    paths: ['core/config/crd/bases', 'bootstrap/kubeadm/config/crd/bases', 'controlplane/kubeadm/config/crd/bases'],
  },
];
