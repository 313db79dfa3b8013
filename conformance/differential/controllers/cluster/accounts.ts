import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, maybe, remove, replaceField } from '../steps.ts';

const accounts = ['default', 'robot', 'other'];

const token = (random: Random, number: number): Step => {
  const account = pick(random, accounts);
  return create('Secret', {
    metadata: {
      name: `t${number}`,
      annotations: {
        'kubernetes.io/service-account.name': account,
        ...maybe(random, 0.3, { 'kubernetes.io/service-account.uid': chance(random, 0.7) ? `<uid ServiceAccount/${account}>` : 'wrong' }),
      },
      ...maybe(random, 0.1, { labels: { its: 'own' } }),
    },
    type: 'kubernetes.io/service-account-token',
    ...maybe(random, 0.2, {
      data: { 'ca.crt': 'eA==', ...maybe(random, 0.5, { token: 'eA==' }), ...maybe(random, 0.5, { namespace: 'eA==', more: 'eA==' }) },
    }),
  } as never);
};

const role = (random: Random, name: string, labels: object, fields: object): Step =>
  create('ClusterRole', { metadata: { name, labels }, ...fields, ...maybe(random, 0, {}) } as never);

const rules = (random: Random) =>
  Array.from({ length: between(random, 0, 2) }, () => ({
    apiGroups: [''],
    resources: [pick(random, ['pods', 'secrets', 'nodes'])],
    verbs: [pick(random, ['get', 'list'])],
  }));

function step(random: Random): Step[] {
  const number = between(random, 1, 3);
  const account = pick(random, accounts);
  const options: (() => Step[])[] = [
    () => [token(random, number)],
    () => [token(random, number)],
    () => [remove('ServiceAccount', account)],
    () => [
      create('ServiceAccount', {
        metadata: { name: account },
        ...maybe(random, 0.3, { secrets: [{ name: `t${number}` }] }),
        ...maybe(random, 0.2, { automountServiceAccountToken: false }),
      } as never),
    ],
    () => [remove('Secret', `t${number}`)],
    () => [replaceField('Secret', `t${number}`, '/data', {})],
    () => [change('Secret', `t${number}`, { data: { 'ca.crt': 'eA==' } })],
    () => [change('Secret', `t${number}`, { metadata: { annotations: { 'kubernetes.io/service-account.name': account } } })],
    () => [change('Secret', `t${number}`, { metadata: { annotations: { 'kubernetes.io/service-account.uid': 'wrong' } } })],
    () => [replaceField('ServiceAccount', account, '/secrets', [{ name: `t${number}` }, { name: 'gone' }])],
    () => [remove('ConfigMap', 'kube-root-ca.crt')],
    () => [change('ConfigMap', 'kube-root-ca.crt', { data: { 'ca.crt': 'x', more: 'x' } })],
    () => [
      change('ConfigMap', 'kube-root-ca.crt', {
        metadata: { annotations: { 'kubernetes.io/description': 'mine' }, labels: { more: 'x' } },
      }),
    ],
    () => [role(random, `r${number}`, { sum: pick(random, ['<namespace>', 'other']) }, { rules: rules(random) })],
    () => [remove('ClusterRole', `r${number}`)],
    () => [replaceField('ClusterRole', `r${number}`, '/rules', rules(random))],
    () => [replaceField('ClusterRole', 'all', '/rules', rules(random))],
    () => [change('ClusterRole', `r${number}`, { metadata: { labels: { sum: pick(random, ['<namespace>', 'other']) } } })],
  ];
  return pick(random, options)();
}

/** ServiceAccounts with token Secrets, the root certificates, and ClusterRoles that gather others. */
export function accountsScenario(random: Random): Scenario {
  const gathers = {
    aggregationRule: {
      clusterRoleSelectors: [
        { matchLabels: { sum: '<namespace>' } },
        ...(chance(random, 0.3) ? [{ matchExpressions: [{ key: 'sum', operator: 'In', values: ['<namespace>'] }] }] : []),
      ],
    },
    rules: [],
  };
  const steps = [
    create('ServiceAccount', { metadata: { name: 'robot' } } as never),
    token(random, 1),
    role(random, 'all', {}, gathers),
    role(random, 'r1', { sum: '<namespace>' }, { rules: rules(random) }),
  ];
  for (let i = between(random, 5, 10); i > 0; i--) steps.push(...step(random));
  return { name: 'accounts', steps };
}
