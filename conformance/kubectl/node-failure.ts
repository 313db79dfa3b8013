import type { Omission, Step } from './script.ts';

const recordedNodes: Omission = {
  lines:
    /^ *(NetworkUnavailable|Ready|InternalIP|Hostname|Capacity|Allocatable|cpu|memory|pods|ephemeral-storage|hugepages-\S+|System Info|Machine ID|System UUID|Boot ID|Kernel Version|OS Image|Operating System|Architecture|Container Runtime Version|Kubelet Version|Kube-Proxy Version)\b|^ *(beta\.)?kubernetes\.io\/|kwok|orrery|^(Labels|Annotations):|node\.alpha|Starting|Registered|NodeHas|NodeReady|NodeAllocatable|^ {2}(RenewTime|AcquireTime|HolderIdentity)/,
  because: 'what a node says of itself (and in which order), and the events of its kubelet: the recorded nodes are run by KWOK',
};

/** A node's kubelet stops: the node becomes NotReady, is tainted, and its pods are replaced on the others. Slow by nature: the grace period is 50 seconds. */
export const nodeFailure: readonly Step[] = [
  { wait: `[ "$(kubectl get nodes --no-headers | grep -c ' Ready ')" = 3 ]` },
  { run: 'kubectl apply -f spread.yaml' },
  { wait: 'kubectl rollout status deployment/spread --timeout=20s' },
  { run: `kubectl get pods -o 'jsonpath={range .items[*]}{.spec.nodeName}{"\\n"}{end}' | sort` },
  { run: 'kubectl annotate node node-2 orrery.dev/kubelet=stopped' },
  { wait: "kubectl get node node-2 --no-headers | grep ' NotReady '", within: 90 },
  { wait: `[ "$(kubectl get node node-2 -o 'jsonpath={.spec.taints[*].effect}')" = 'NoSchedule NoExecute' ]`, within: 20 },
  { run: 'kubectl get nodes' },
  { run: `kubectl get node node-2 -o 'jsonpath={range .spec.taints[*]}{.key}:{.effect}{"\\n"}{end}'` },
  { wait: "kubectl get pods --field-selector spec.nodeName=node-2 --no-headers | grep ' Terminating '", within: 30 },
  { wait: 'kubectl rollout status deployment/spread --timeout=20s' },
  { wait: '[ "$(kubectl get pods --no-headers | grep -c \' Running \')" = 3 ]' },
  { run: 'kubectl get deployment spread' },
  { run: 'kubectl get pods', unordered: true },
  { run: 'kubectl get pods --field-selector spec.nodeName=node-2' },
  {
    run: `kubectl get pods -o 'jsonpath={range .items[?(@.spec.nodeName=="node-2")].status.conditions[?(@.type=="Ready")]}{.type}={.status}{"\\n"}{end}'`,
  },
  { run: `kubectl get node node-2 -o 'jsonpath={range .status.conditions[?(@.type=="Ready")]}{.status} {.reason} {.message}{"\\n"}{end}'` },
  { run: 'kubectl describe node node-2', omit: recordedNodes },
  { run: 'kubectl get events --field-selector reason=NodeNotReady', unordered: true },
  { run: 'kubectl annotate node node-2 orrery.dev/kubelet-' },
  { wait: "kubectl get node node-2 --no-headers | grep ' Ready '" },
  { wait: `[ "$(kubectl get node node-2 -o 'jsonpath={.spec.taints}')" = '' ]` },
  { wait: '[ "$(kubectl get pods -o name | wc -l)" = 3 ]' },
  { run: 'kubectl get nodes' },
  { run: 'kubectl get pods', unordered: true },
];
