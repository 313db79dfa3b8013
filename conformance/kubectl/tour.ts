import type { Omission, Step } from './script.ts';

/** KWOK's pods run without a word, while a kubelet tells what it does with containers. */
export const kubeletEvents: Omission = {
  lines: /\bNormal +(Pulling|Pulled|Created|Started|Killing)\b|\bPodReadyToStartContainers\b/,
  because: "events and conditions of a kubelet's own, which the recorded cluster's KWOK does not write",
};
const progress: Omission = { lines: /^Waiting for /, because: 'how many of these lines there are depends on the speed of the machine' };
const firstStates: Omission = {
  lines: /\b(ContainerCreating|Pending|Terminating|Completed)\b/,
  because:
    'which states on the way are written depends on the kubelet: KWOK goes from Pending to Running and from Running to gone in one step',
};

const running = (selector: string, count: number): Step => ({
  wait: `[ "$(kubectl get pods ${selector} --no-headers | grep -c ' Running ')" = ${count} ] && [ "$(kubectl get pods ${selector} --no-headers | wc -l)" = ${count} ]`,
});
const endpoints = (namespace: string, service: string, count: number): Step => ({
  wait: `[ "$(kubectl -n ${namespace} get endpointslices -l kubernetes.io/service-name=${service} -o 'jsonpath={.items[*].endpoints[*].conditions.ready}')" = "${Array(count).fill('true').join(' ')}" ]`,
});
/** Finished as the Deployment's status says, not only as its pods are. */
const rolledOut = (deployment: string, replicas: number): Step[] => [
  { wait: `kubectl rollout status ${deployment} --timeout=20s` },
  {
    wait: `[ "$(kubectl get ${deployment} -o 'jsonpath={.status.replicas} {.status.updatedReplicas} {.status.availableReplicas}')" = "${replicas} ${replicas} ${replicas}" ]`,
  },
];

/** What a newcomer does with a cluster, from the first command to the restart. */
export const tour: readonly Step[] = [
  { wait: `[ "$(kubectl get nodes --no-headers | grep -c ' Ready ')" = 3 ]` },
  { run: 'kubectl get nodes' },
  { run: 'kubectl get nodes -o name' },
  { run: 'kubectl get namespaces' },
  { run: 'kubectl get all' },
  { run: 'kubectl api-versions' },
  { run: 'kubectl api-resources' },

  { run: 'kubectl apply -f fruit.yaml' },
  running('', 3),
  { run: 'kubectl apply -f fruit.yaml' },
  { run: 'kubectl get pods -l color=red -o wide' },
  { run: 'kubectl get pods --show-labels' },
  { run: 'kubectl describe pod apple', omit: kubeletEvents },

  { run: 'kubectl create deployment web --image=nginx --replicas=3 && kubectl expose deployment web --port=80' },
  ...rolledOut('deployment/web', 3),
  endpoints('default', 'web', 3),
  { run: 'kubectl get deploy,rs,pods,svc,endpointslices', unordered: true },
  { run: 'kubectl get endpoints web', unordered: true },
  { run: 'kubectl describe deployment web' },
  { run: 'kubectl describe replicaset -l app=web', unordered: true },
  { run: 'kubectl describe service web' },

  { run: 'kubectl scale deployment web --replicas=5' },
  ...rolledOut('deployment/web', 5),
  { run: 'kubectl get deployment web -o wide' },
  { run: 'kubectl set image deployment/web nginx=nginx:1.29' },
  { run: 'kubectl rollout status deployment/web', omit: progress },
  ...rolledOut('deployment/web', 5),
  running('-l app=web', 5),
  { run: 'kubectl get replicasets -l app=web -o wide', unordered: true },
  { run: 'kubectl rollout history deployment/web' },
  { run: 'kubectl rollout history deployment/web --revision=2' },
  { run: 'kubectl rollout undo deployment/web' },
  ...rolledOut('deployment/web', 5),
  running('-l app=web', 5),
  { run: 'kubectl rollout history deployment/web' },
  { run: `kubectl get deployment web -o 'jsonpath={.spec.template.spec.containers[0].image}{"\\n"}'` },
  {
    run: 'pod=$(kubectl get pods -l app=web -o name | head -1) && kubectl delete $pod && [ "$(kubectl get $pod --ignore-not-found)" = "" ] && echo gone',
  },
  ...rolledOut('deployment/web', 5),
  running('-l app=web', 5),
  { run: 'kubectl get pods -l app=web', unordered: true },
  { run: 'kubectl rollout restart deployment/web' },
  ...rolledOut('deployment/web', 5),

  {
    watch: 'kubectl get pods -w -l color=red',
    from: /strawberry/,
    meanwhile: 'kubectl run cherry --image=nginx --labels=color=red',
    until: /cherry.*Running/,
    omit: firstStates,
  },
  { run: 'kubectl delete pod cherry' },
  { run: 'kubectl get pod cherry' },

  { run: 'kubectl explain deployment.spec.strategy' },
  { run: 'kubectl explain pods.spec.containers.livenessProbe --recursive' },
  { run: 'kubectl explain service.spec.type' },
  { run: 'kubectl explain pod.spec.containers.image' },
  { run: 'kubectl explain configmap' },
  { run: 'kubectl events --for pod/apple', omit: kubeletEvents },
  { run: 'kubectl get events --field-selector involvedObject.name=apple,reason=Scheduled' },

  { run: 'kubectl create namespace dev' },
  { run: 'kubectl -n dev apply -f fruit.yaml' },
  { run: 'kubectl -n dev create deployment web --image=nginx --replicas=3 && kubectl -n dev expose deployment web --port=80' },
  { wait: 'kubectl -n dev rollout status deployment/web --timeout=20s' },
  running('-n dev', 6),
  endpoints('dev', 'web', 3),
  { run: 'kubectl -n dev get deploy,rs,pods,svc', unordered: true },
  { run: 'kubectl get pods -A', unordered: true },
  { run: 'kubectl describe namespace dev' },
  { run: 'kubectl get serviceaccounts,configmaps -n dev' },
  { run: 'kubectl delete namespace dev' },
  { run: 'kubectl get namespace dev' },
  { run: 'kubectl -n dev get all' },

  { run: 'helm install greeter ./greeter' },
  ...rolledOut('deployment/greeter', 2),
  { run: 'helm list' },
  { run: 'kubectl get deploy,svc,sa,cm,role,rolebinding -l app.kubernetes.io/managed-by=Helm' },
  { run: 'helm upgrade greeter ./greeter --set replicas=1,greeting=servus' },
  ...rolledOut('deployment/greeter', 1),
  { run: `kubectl get configmap greeter -o 'jsonpath={.data.greeting}{"\\n"}'` },
  { run: 'helm history greeter' },
  { run: 'helm rollback greeter 1' },
  ...rolledOut('deployment/greeter', 2),
  { run: 'kubectl get deployment greeter' },
  { run: 'helm uninstall greeter' },
  { wait: '[ "$(kubectl get deploy,svc,pods -l app.kubernetes.io/instance=greeter -o name)" = "" ]' },
  { run: 'helm list' },

  endpoints('default', 'web', 5),
  running('', 8),
  { restart: true },
  { wait: `[ "$(kubectl get nodes --no-headers | grep -c ' Ready ')" = 3 ]` },
  { run: 'kubectl get nodes' },
  { run: 'kubectl get deploy,rs,pods,svc,endpointslices', unordered: true },
  { run: 'kubectl rollout history deployment/web' },
  { run: 'kubectl create deployment after --image=nginx --replicas=2' },
  ...rolledOut('deployment/after', 2),
  { run: 'kubectl get deployments' },
  { run: 'kubectl delete deployment after && kubectl delete -f fruit.yaml' },
  { run: 'kubectl delete service,deployment web' },
  { wait: '[ "$(kubectl get pods,rs -o name)" = "" ]' },
  { run: 'kubectl get all' },
];
