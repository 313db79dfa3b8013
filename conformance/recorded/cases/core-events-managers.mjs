// Managers of an Event that is written through both of its groups: an entry of the other group goes as soon as the object is written through one.
const managers = (b) => b.metadata?.managedFields?.map(({ manager, operation, apiVersion }) => ({ manager, operation, apiVersion })) ?? b;
export default ({ ns }) => {
  const core = `/api/v1/namespaces/${ns}/events`;
  const group = `/apis/events.k8s.io/v1/namespaces/${ns}/events`;
  const event = { involvedObject: { kind: 'Pod', name: 'x', namespace: ns }, reason: 'r', eventTime: '2026-01-01T00:00:00.123456Z', reportingComponent: 'a/b', reportingInstance: 'i', action: 'a', type: 'Normal' };
  const patch = (name, base, fieldManager, body) => ({ name, method: 'PATCH', path: `${base}/q`, query: { fieldManager }, headers: { 'content-type': 'application/merge-patch+json' }, body, pick: managers });
  const apply = (name, base, fieldManager, body) => ({ name, method: 'PATCH', path: `${base}/q`, query: { fieldManager, force: 'true' }, headers: { 'content-type': 'application/apply-patch+yaml' }, body, pick: managers });
  return [
    { name: 'create in the core group', method: 'POST', path: core, query: { fieldManager: 'one' }, body: { apiVersion: 'v1', kind: 'Event', metadata: { name: 'q' }, ...event }, pick: managers },
    patch('a label through events.k8s.io', group, 'two', { metadata: { labels: { a: 'b' } } }),
    patch('a message through the core group', core, 'three', { message: 'x' }),
    apply('applied through the core group', core, 'four', { apiVersion: 'v1', kind: 'Event', metadata: { name: 'q', labels: { c: 'd' } } }),
    apply('applied through events.k8s.io', group, 'five', { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'q', labels: { c: 'e' } } }),
    patch('and the core group again', core, 'six', { metadata: { labels: { c: 'f' } } }),
  ];
};
