import type { Omission, Step } from './script.ts';

/** Whether and how often helm sees a hook's object change is a matter of time, and so is whether it ends its own watch amid an event. */
const waiting: Omission = {
  lines: /level=(DEBUG|INFO)|reflector\.go.*context canceled/,
  because: 'a log of what is waited for, which depends on the speed of the machine',
};

const modified: Omission = { lines: /^LABELS: /, because: 'it has the second of the last change' };

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
];
