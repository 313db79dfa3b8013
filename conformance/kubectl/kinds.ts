import type { Step } from './script.ts';

const unordered = true;

/** The objects of `files/kinds.yaml`, as `kubectl get` names them; a command tells of a line. */
const namespaced = [
  'pod/full service/many service/outside service/headless service/manual endpoints/manual endpointslice/apart',
  'deployment/idle replicaset/plain replicationcontroller/old statefulset/kept daemonset/nowhere controllerrevision/by-hand podtemplate/form',
  'job/indexed cronjob/yearly horizontalpodautoscaler/wide poddisruptionbudget/some lease/held event/told',
  'ingress/door networkpolicy/strict role/reader rolebinding/readers serviceaccount/robot configmap/settings secret/registry',
  'persistentvolumeclaim/fixed persistentvolumeclaim/waiting csistoragecapacity/much resourceclaim/one-gpu resourceclaimtemplate/gpus',
  'resourcequota/everything resourcequota/scoped thing/bowl',
];
const clusterWide = [
  'priorityclass/middling runtimeclass/heavy ingressclass/edge servicecidr/more',
  'storageclass/slow volumeattributesclass/silver csidriver/disk.example.com csinode/nowhere volumeattachment/attached persistentvolume/fixed persistentvolume/driven',
  'clusterrole/kinds-all clusterrole/kinds-part clusterrolebinding/kinds-all deviceclass/gpu resourceslice/slice',
  'validatingwebhookconfiguration/kinds mutatingwebhookconfiguration/kinds validatingadmissionpolicy/kinds validatingadmissionpolicybinding/kinds',
  'prioritylevelconfiguration/kinds flowschema/kinds apiservice/v1.gone.example.com customresourcedefinition/things.example.com',
];
const has = (object: string, path: string, value: string): Step => ({
  wait: `[ "$(kubectl -n kinds get ${object} -o 'jsonpath=${path}')" = '${value}' ]`,
});
const request = `openssl req -new -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=alice/O=dev 2>/dev/null | base64 | tr -d '\\n'`;

/** One object of each kind: what tables, descriptions and the objects themselves say once the controllers have looked at it. */
export const kinds: readonly Step[] = [
  { wait: `[ "$(kubectl get nodes --no-headers | grep -c ' Ready ')" = 3 ]` },
  { run: 'kubectl apply -f kinds.yaml' },
  { wait: 'kubectl wait crd/things.example.com --for=condition=Established --timeout=10s && kubectl -n kinds get things' },
  { run: 'kubectl apply -f thing.yaml' },
  { run: `sed "s/REQUEST/$(${request})/" signing-request.yaml | kubectl create -f -` },
  has('persistentvolumeclaim/fixed', '{.status.phase}', 'Bound'),
  has('resourcequota/everything', '{.status.used.pods} {.status.used.count/configmaps}', '1 2'),
  has('resourcequota/scoped', '{.status.used.pods}', '0'),
  has('job/indexed', '{.status.conditions[0].type}', 'Suspended'),
  has('horizontalpodautoscaler/wide', '{.status.conditions[0].type}', 'AbleToScale'),
  has('poddisruptionbudget/some', '{.status.conditions[0].type}', 'DisruptionAllowed'),
  has('servicecidr/more', '{.status.conditions[0].type}', 'Ready'),
  has('apiservice/v1.gone.example.com', '{.status.conditions[0].reason}', 'ServiceNotFound'),
  has('validatingadmissionpolicy/kinds', '{.status.observedGeneration}', '1'),
  has('deployment/idle', '{.status.observedGeneration}', '1'),
  has('daemonset/nowhere', '{.status.observedGeneration}', '1'),
  has('statefulset/kept', '{.status.observedGeneration}', '1'),
  { run: 'kubectl certificate approve alice' },
  { wait: `[ "$(kubectl get csr alice -o 'jsonpath={.status.certificate}')" != '' ]` },
  { run: 'kubectl get csr alice && kubectl describe csr alice' },
  ...[...namespaced, ...clusterWide].flatMap((objects): Step[] => [
    { run: `kubectl -n kinds get ${objects} -o wide`, unordered },
    { run: `kubectl -n kinds describe ${objects}` },
    { run: `kubectl -n kinds get ${objects} -o yaml` },
  ]),
  // The resources of a limit come in the order of a Go map.
  { run: '(kubectl describe namespace kinds && kubectl -n kinds describe limitrange limits) | LC_ALL=C sort' },
  { run: 'kubectl -n kinds describe secret robot-token | grep -v -e ^ca.crt -e ^token' },
  { run: 'kubectl -n kinds get all,things.v1beta1.example.com', unordered },
  { run: 'kubectl delete -f kinds.yaml --dry-run=server' },
];
