// FlowSchemas tell whether their priority level is there; what the server makes of both kinds at its start.
export default () => {
  const F = '/apis/flowcontrol.apiserver.k8s.io/v1', name = 'rp-ext-dangling', schema = `${F}/flowschemas/${name}`, level = `${F}/prioritylevelconfigurations/${name}`;
  const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
  const flow = { apiVersion, kind: 'FlowSchema', metadata: { name }, spec: { priorityLevelConfiguration: { name } } };
  const limited = { apiVersion, kind: 'PriorityLevelConfiguration', metadata: { name }, spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } };
  const dangling = (status) => (b) => b.status?.conditions?.some((c) => c.type === 'Dangling' && c.status === status);
  const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const own = ['system-leader-election', 'kube-scheduler', 'exempt', 'probes', 'catch-all'];
  const steps = [
    ...[schema, level].map((path) => ({ compare: false, method: 'DELETE', path })),
    { name: 'a schema without its level', method: 'POST', path: `${F}/flowschemas`, body: flow }, { name: 'dangles', path: schema, until: dangling('True') }, { name: 'as a table', path: schema, headers: table, pick: (b) => b.rows[0].cells.slice(0, 4).concat(b.rows[0].cells.slice(5)) },
    { name: 'the level comes', method: 'POST', path: `${F}/prioritylevelconfigurations`, body: limited }, { name: 'no longer', path: schema, until: dangling('False') }, { name: 'found, as a table', path: schema, headers: table, pick: (b) => b.rows[0].cells.slice(0, 4).concat(b.rows[0].cells.slice(5)) },
    { name: 'all of them as a table, as they are asked', path: `${F}/flowschemas`, headers: table, pick: (b) => b.rows.map((r) => r.cells[0]).filter((of) => of === name || own.includes(of)) },
    { name: 'the level goes', method: 'DELETE', path: level }, { name: 'dangles again', path: schema, until: dangling('True') },
    { name: 'another level by patch', method: 'PATCH', type: 'application/merge-patch+json', path: schema, body: { spec: { priorityLevelConfiguration: { name: 'global-default' } } }, pick: (b) => b.spec }, { name: 'it is there', path: schema, until: dangling('False') },
    ...['exempt', 'probes', 'system-nodes', 'catch-all', 'global-default'].map((of) => ({ name: `schema ${of}`, path: `${F}/flowschemas/${of}`, until: dangling('False') })),
    ...['exempt', 'catch-all', 'workload-low', 'leader-election'].map((of) => ({ name: `level ${of}`, path: `${F}/prioritylevelconfigurations/${of}` })),
  ];
  steps.cleanup = [schema, level];
  return steps;
};
