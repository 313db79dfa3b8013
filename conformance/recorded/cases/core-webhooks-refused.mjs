// Webhook configurations that are refused, warned of, and what a good one gets by default.
export default () => {
  const base = '/apis/admissionregistration.k8s.io/v1';
  const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
  const good = { name: 'a.example.com', clientConfig: { url: 'https://example.com/x' }, rules: [rule], sideEffects: 'None', admissionReviewVersions: ['v1'] };
  const make = (name, webhooks, kind = 'ValidatingWebhookConfiguration', object = 'rp-core-webhooks') => ({
    name, method: 'POST', path: `${base}/${kind.toLowerCase()}s`, query: { dryRun: 'All' },
    body: { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: object }, webhooks },
  });
  const wrong = (name, change, kind) => make(name, [{ ...good, ...change }], kind);
  const wrongRule = (name, change) => wrong(name, { rules: [{ ...rule, ...change }] });
  return [
    make('what is given by default', [good]),
    make('and to one that changes objects', [good], 'MutatingWebhookConfiguration'),
    make('none', []),
    make('two of one name', [good, good]),
    make('a name that the system keeps', [good], 'ValidatingWebhookConfiguration', 'rp-core.static.k8s.io'),
    wrong('a short name', { name: 'a' }),
    wrong('no name', { name: '' }),
    wrong('side effects', { sideEffects: 'Some' }),
    wrong('no versions of reviews', { admissionReviewVersions: [] }),
    wrong('versions that nobody knows', { admissionReviewVersions: ['v7'] }),
    wrong('a time-out too long', { timeoutSeconds: 31 }),
    wrong('policies that are none', { failurePolicy: 'Maybe', matchPolicy: 'Near' }),
    wrong('how often', { reinvocationPolicy: 'Always' }, 'MutatingWebhookConfiguration'),
    wrong('neither url nor service', { clientConfig: {} }),
    wrong('both', { clientConfig: { url: 'https://a/', service: { namespace: 'n', name: 's' } } }),
    wrong('a url without tls', { clientConfig: { url: 'http://example.com' } }),
    wrong('a url with more than a path', { clientConfig: { url: 'https://u:p@example.com/x?y#z' } }),
    wrong('a service with a bad path and port', { clientConfig: { service: { namespace: 'n', name: 's', path: 'x//y', port: 0 } } }),
    wrong('a selector', { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } }),
    wrongRule('no operations', { operations: [] }),
    wrongRule('all and one', { operations: ['*', 'CREATE'], apiGroups: ['*', 'apps'], apiVersions: ['*', 'v1'] }),
    wrongRule('an operation that is none', { operations: ['LOOK'] }),
    wrongRule('a scope', { scope: 'World' }),
    wrongRule('resources', { resources: ['*/*', 'pods', 'pods/status', '*/status'] }),
    wrong('conditions of one name', { matchConditions: [{ name: 'a', expression: 'true' }, { name: 'a', expression: '' }] }),
  ];
};
