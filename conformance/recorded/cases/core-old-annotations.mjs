// Annotations from before there were fields for what they say: judged still, turned into fields, or warned of.
export default ({ ns }) => {
  const dry = { dryRun: 'All' };
  const node = (name, annotations) => ({ name, method: 'POST', path: '/api/v1/nodes', query: dry, pick: (b) => b.message ?? b.metadata.annotations, body: { apiVersion: 'v1', kind: 'Node', metadata: { name: `${ns}-n`, annotations } } });
  const pod = (name, annotations, spec = {}, container = {}) => ({ name, method: 'POST', path: `/api/v1/namespaces/${ns}/pods`, query: dry, pick: (b) => b.message ?? { annotations: b.metadata.annotations, securityContext: b.spec.containers[0].securityContext }, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations }, spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i', ...container }], ...spec } } });
  const armor = 'container.apparmor.security.beta.kubernetes.io/c';
  const taints = 'scheduler.alpha.kubernetes.io/taints';
  const avoid = 'scheduler.alpha.kubernetes.io/preferAvoidPods';
  const tolerations = 'scheduler.alpha.kubernetes.io/tolerations';
  return [
    { name: 'the default account', path: `/api/v1/namespaces/${ns}/serviceaccounts/default`, compare: false, until: (b, r) => r.status === 200 },
    node('taints that are no JSON', { [taints]: 'x' }), node('taints', { [taints]: '[{"key":"a","effect":"NoSchedule"}]' }), node('no taints', { [taints]: 'null' }), node('a bad taint', { [taints]: '[{"key":"a b","effect":"Never"}]' }),
    node('pods to avoid that are no JSON', { [avoid]: '{' }), node('none to avoid', { [avoid]: '{}' }), node('pods to avoid without a controller', { [avoid]: '{"preferAvoidPods":[{"podSignature":{}}]}' }),
    node('pods of what does not control them', { [avoid]: '{"preferAvoidPods":[{"podSignature":{"podController":{"apiVersion":"v1","kind":"ReplicationController","name":"f","uid":"u","controller":false}}}]}' }),
    pod('tolerations that are no JSON', { [tolerations]: 'x' }), pod('tolerations cut off', { [tolerations]: '[{' }), pod('tolerations', { [tolerations]: '[{"key":"a","operator":"Exists"}]' }), pod('a bad toleration', { [tolerations]: '[{"key":"a","operator":"Near"}]' }),
    pod('an AppArmor profile', { [armor]: 'localhost/a' }), pod('one without a name', { [armor]: 'localhost/' }), pod('one that is none', { [armor]: 'x' }), pod('one of no container', { [`${armor}d`]: 'unconfined' }),
    pod('as the field says', { [armor]: 'unconfined' }, {}, { securityContext: { appArmorProfile: { type: 'Unconfined' } } }), pod('unlike the field', { [armor]: 'unconfined' }, {}, { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }),
    pod('as the pod says', { [armor]: 'unconfined' }, { securityContext: { appArmorProfile: { type: 'Unconfined' } } }), pod('unlike the pod', { [armor]: 'runtime/default' }, { securityContext: { appArmorProfile: { type: 'Unconfined' } } }),
    pod('on windows', { [armor]: 'runtime/default' }, { os: { name: 'windows' } }),
  ];
};
