// Who owns the replicas after writes through scale: an update by somebody else, to zero and from it, of nothing, by applies; what is refused.
const sorted = (entries) => (entries ?? []).map((m) => [m.manager, m.operation, m.subresource ?? '', m.apiVersion, m.time ? 'timed' : 'no time', Object.keys(m.fieldsV1['f:spec'] ?? {}).join(' ')].join('|')).sort();
export default ({ ns }) => {
  const all = `/apis/apps/v1/namespaces/${ns}/deployments`;
  const types = { merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json', apply: 'application/apply-patch+yaml' };
  const body = (name, replicas) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { nodeSelector: { rp: 'none' }, schedulerName: 'none', containers: [{ name: 'c', image: 'i' }] } } } });
  const owners = (name, title) => ({ name: `owners after ${title}`, path: `${all}/${name}`, pick: (b) => [b.spec.replicas ?? 0, sorted(b.metadata.managedFields.filter((m) => m.subresource !== 'status'))] });
  const scaled = (name, replicas, how, more = {}) => ({ name: `${name} to ${replicas} by ${how}`, method: how === 'put' ? 'PUT' : 'PATCH', path: `${all}/${name}/scale`, query: { fieldManager: 'scaler', ...more }, headers: { 'content-type': types[how] ?? 'application/json' }, body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name }, spec: { replicas } }, pick: (b) => (b.kind === 'Scale' ? [b.spec, b.metadata.managedFields ?? null] : [b.code, b.reason, b.message.replace(/resourceVersion[^,]*,/, ''), b.details?.causes?.length ?? 0]) });
  const flows = { a: [1, 2, 3], b: [0, 1, 2], c: [2, 0, 3], d: [1, 1, 2] };
  const steps = Object.entries(flows).flatMap(([flow, [first, ...rest]]) => ['put', 'merge', 'strategic', 'apply'].flatMap((how) => {
    const name = `${flow}-${how}`;
    return [
      { name: `${name} of ${first}`, method: 'POST', path: all, query: { fieldManager: 'maker' }, body: { ...body(name, first), spec: { ...body(name, first).spec, paused: true } }, compare: false },
      // A status that is written later would put the owners of what has not changed in order.
      { name: `${name} is seen`, path: `${all}/${name}`, until: (b) => b.status?.observedGeneration === 1, compare: false },
      ...rest.flatMap((replicas) => [scaled(name, replicas, how), owners(name, `${name} to ${replicas}`)]),
      ...(how === 'apply' ? [scaled(name, 5, how, { force: 'true' }), owners(name, `${name} by force`)] : []),
    ];
  }));
  return [
    ...steps,
    scaled('a-put', -1, 'merge'), scaled('a-put', 'x', 'merge'), scaled('a-put', 2147483648, 'strategic'), scaled('absent', 1, 'apply'), scaled('absent', 1, 'put'),
    { name: 'another kind applied', method: 'PATCH', path: `${all}/a-put/scale`, query: { fieldManager: 'm' }, headers: { 'content-type': types.apply }, body: body('a-put', 1) },
    { name: 'another kind put', method: 'PUT', path: `${all}/a-put/scale`, body: body('a-put', 1) },
    { name: 'another name applied', method: 'PATCH', path: `${all}/a-put/scale`, query: { fieldManager: 'm', force: 'true' }, headers: { 'content-type': types.apply }, body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'other' }, spec: { replicas: 1 } } },
  ];
};
