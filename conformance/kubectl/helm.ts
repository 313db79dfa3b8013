import type { Omission, Step } from './script.ts';

/** Whether and how often helm sees a hook's object change is a matter of time, and so is whether it ends its own watch amid an event. */
const waiting: Omission = {
  lines: /level=(DEBUG|INFO)|reflector\.go.*context canceled/,
  because: 'a log of what is waited for, which depends on the speed of the machine',
};

const modified: Omission = { lines: /^LABELS: /, because: 'it has the second of the last change' };

const orchard = 'statefulset orchard';
const grown = (trees: number): Step => ({
  wait: `[ "$(kubectl get ${orchard} -o 'jsonpath={.status.readyReplicas}')" = ${trees} ]`,
});

/** What helm does with a release: hooks with weights and delete policies, a kind of the chart's own, tests, failures that are undone. */
export const helm: readonly Step[] = [
  { wait: `[ "$(kubectl get nodes --no-headers | grep -c ' Ready ')" = 3 ]` },
  { run: 'helm template keeper ./keeper --dry-run=server --set breed=goats' },
  { run: 'helm install keeper ./keeper --dry-run=server', omit: waiting },
  { run: 'kubectl get crd flocks.keeper.example.com' },
  { run: 'helm install keeper ./keeper --wait --timeout=60s', omit: waiting },
  { run: 'helm install keeper ./keeper', omit: waiting },
  { run: 'kubectl get flocks,deployments,jobs,configmaps -o name' },
  { run: `kubectl get flock keeper -o 'jsonpath={.metadata.labels}{.metadata.annotations}{"\\n"}'` },
  {
    run: `kubectl get deployment keeper -o 'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.subresource}{"\\n"}{end}' | sort`,
  },
  { run: 'helm list' },
  { run: 'helm list -A -o json' },
  // The resources come in the order of a Go map.
  { run: `helm status keeper | grep -v -e '^keeper  ' -e '^$' | LC_ALL=C sort` },
  { run: 'helm get values keeper && helm get values keeper --all' },
  { run: 'helm get manifest keeper' },
  { run: 'helm get hooks keeper | grep -c hook-weight' },
  { run: 'helm get notes keeper' },
  { run: 'helm get metadata keeper', omit: modified },
  { run: 'helm test keeper --timeout=60s', omit: waiting },
  { run: 'kubectl get pod keeper-test -o jsonpath={.status.phase}' },
  { run: 'helm test keeper --timeout=60s', omit: waiting },
  { run: 'helm upgrade keeper ./keeper --set replicas=1,breed=goats --wait --timeout=60s', omit: waiting },
  { run: 'kubectl get flocks -o jsonpath={.items[*].spec.breed}' },
  { run: 'kubectl get deployment keeper' },
  { run: 'helm upgrade keeper ./keeper --set cpu=1000 --rollback-on-failure --timeout=5s', omit: waiting },
  { run: 'helm upgrade keeper ./keeper --set replicas=-1', omit: waiting },
  { run: 'helm history keeper' },
  { run: 'helm rollback keeper 1 --wait --timeout=60s', omit: waiting },
  { run: 'kubectl get flock keeper -o jsonpath={.spec.breed}' },
  { run: 'helm rollback keeper 99' },
  {
    run: 'helm upgrade --install another ./keeper --set replicas=0 --namespace other --create-namespace --wait --timeout=60s',
    omit: waiting,
  },
  { run: 'helm list --all-namespaces' },
  { run: 'helm uninstall another --namespace other --wait' },
  { run: 'kubectl get secrets -l owner=helm --no-headers -o custom-columns=NAME:.metadata.name,TYPE:.type,STATUS:.metadata.labels.status' },
  { run: 'helm uninstall keeper --keep-history --wait --cascade=foreground' },
  { run: 'helm history keeper --max=1' },
  { run: 'helm uninstall keeper' },
  { run: 'kubectl get flocks,deployments,jobs -o name' },
  { run: 'kubectl get configmaps -o name' },
  { run: 'helm status keeper' },

  // A chart that looks at the cluster, and less common flags.
  {
    run: 'helm template orchard ./orchard | grep -A9 ^data: | head -9; helm template orchard ./orchard --dry-run=server | grep -A9 ^data: | head -9',
  },
  { run: 'helm install orchard ./orchard --set trees=many; helm install orchard ./orchard --set color=blue' },
  { run: 'kubectl create configmap orchard' },
  { run: 'helm install orchard ./orchard', omit: waiting },
  { run: 'helm install orchard ./orchard --take-ownership --wait --timeout=60s', omit: waiting },
  { run: 'kubectl get configmap orchard -o jsonpath={.data}' },
  { run: `helm get all orchard | grep -v -e '^LAST DEPLOYED' -e '^orchard-' | head -40` },
  {
    run: `kubectl patch configmap orchard --type=merge -p '{"data":{"color":"blue"}}' && helm upgrade orchard ./orchard --set color=green`,
    omit: waiting,
  },
  { run: 'helm upgrade orchard ./orchard --set color=green --force-conflicts --wait --timeout=60s', omit: waiting },
  { run: 'kubectl get configmap orchard -o yaml --show-managed-fields' },
  { run: 'helm upgrade orchard ./orchard --reuse-values --set trees=3 --server-side=false --wait=legacy --timeout=60s', omit: waiting },
  grown(3),
  { run: 'helm get values orchard && kubectl get configmap orchard -o jsonpath={.data.before}' },
  {
    run: `kubectl get ${orchard} -o 'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.subresource}{"\\n"}{end}' | sort`,
  },
  { run: 'helm upgrade orchard ./orchard --reset-then-reuse-values --set trees=1 --history-max=2 --description=fewer', omit: waiting },
  grown(1),
  { run: 'helm history orchard' },
  { run: `helm upgrade orchard ./orchard --set-json 'well={"depth":"x y"}' --rollback-on-failure --timeout=20s`, omit: waiting },
  { run: 'helm upgrade orchard ./orchard --force-replace --server-side=false --set trees=2', omit: waiting },
  { run: 'helm list --failed -q; helm list --filter ^orch --no-headers -o json | grep -c orchard; helm list --pending' },
  { run: 'helm rollback orchard --dry-run=server; helm rollback orchard --force-replace --server-side=false --timeout=60s', omit: waiting },
  { run: 'helm uninstall orchard --dry-run; helm uninstall orchard --no-hooks --wait --cascade=foreground --timeout=60s', omit: waiting },
  { run: 'kubectl get secret,service,statefulset -l app.kubernetes.io/managed-by=Helm -o name; helm uninstall orchard --ignore-not-found' },
  {
    run: 'HELM_DRIVER=configmap helm install orchard ./orchard --set trees=0; HELM_DRIVER=configmap helm list; kubectl get configmap -l owner=helm -o name; HELM_DRIVER=configmap helm uninstall orchard',
    omit: waiting,
  },
  { run: 'helm install orchard ./orchard --namespace nowhere', omit: waiting },
  { run: 'helm install orchard ./orchard --kube-as-user bob --kube-as-group dev', omit: waiting },
];
