// Statuses written by who knows only them: labels that come from the template stay, and so does the count of a DaemonSet's templates, which an annotation shows.
export default ({ ns }) => {
  const labels = { a: 'b' }, containers = [{ name: 'c', image: 'i' }];
  const told = (b) => b.message ?? { labels: b.metadata.labels, annotations: b.metadata.annotations, generation: b.metadata.generation, template: b.spec.template.metadata, managers: b.metadata.managedFields?.filter(({ manager }) => !manager.includes('controller')).map(({ manager, subresource, fieldsV1 }) => ({ manager, subresource, has: Object.keys(fieldsV1), metadata: fieldsV1['f:metadata'] })) };
  const write = (name, method, path, body, type, query) => ({ name, method, path, query: { fieldManager: 'm', ...query }, body, type, pick: told });
  const merge = 'application/merge-patch+json', apply = 'application/apply-patch+yaml';
  const jobs = `/apis/batch/v1/namespaces/${ns}/jobs`;
  const job = (more) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, ...more });
  const work = { spec: { suspend: true, managedBy: 'example.com/nobody', template: { spec: { restartPolicy: 'Never', containers } } } };
  const started = { status: { active: 0, startTime: '2026-01-01T00:00:00Z' } };
  const controllers = `/api/v1/namespaces/${ns}/replicationcontrollers`;
  const controller = (more) => ({ apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'r' }, ...more });
  const sets = `/apis/apps/v1/namespaces/${ns}/daemonsets`;
  const counted = 'deprecated.daemonset.template.generation';
  const set = (annotations, image = 'i') => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', annotations }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { nodeSelector: { no: 'where' }, containers: [{ name: 'c', image }] } } } });
  const dry = { dryRun: 'All' };
  return [
    write('a job', 'POST', jobs, job(work)),
    write('its status with what was sent', 'PUT', `${jobs}/j/status`, job({ ...work, ...started })),
    write('its status alone', 'PUT', `${jobs}/j/status`, job(started)),
    write('its labels taken through the status', 'PATCH', `${jobs}/j/status`, { metadata: { labels: null } }, merge),
    write('other labels applied through the status', 'PATCH', `${jobs}/j/status`, job({ metadata: { name: 'j', labels: { z: 'y' } } }), apply, { fieldManager: 'ap' }),
    write('nothing applied through the status', 'PATCH', `${jobs}/j/status`, job(), apply, { fieldManager: 'ap' }),
    write('its labels taken', 'PATCH', `${jobs}/j`, { metadata: { labels: null } }, merge),
    write('a controller', 'POST', controllers, controller({ spec: { replicas: 0, template: { metadata: { labels }, spec: { containers } } } })),
    write('its status alone, too', 'PUT', `${controllers}/r/status`, controller({ status: { replicas: 0 } }), undefined, dry),
    write('the labels of a controller taken through the status', 'PATCH', `${controllers}/r/status`, { metadata: { labels: null } }, merge, dry),
    write('a set', 'POST', sets, set(), undefined, dry),
    write('a set that counts', 'POST', sets, set({ [counted]: '5' })),
    ...[undefined, '0', '7', '-1', 'x', ''].flatMap((count) => {
      const annotations = count === undefined ? undefined : { [counted]: count, kept: 'yes' };
      return [
        write(`status with count ${count}`, 'PUT', `${sets}/d/status`, set(annotations), undefined, dry),
        write(`set with count ${count}`, 'PUT', `${sets}/d`, set(annotations), undefined, dry),
        write(`template with count ${count}`, 'PUT', `${sets}/d`, set(annotations, 'other'), undefined, dry),
      ];
    }),
    write('a count applied through the status', 'PATCH', `${sets}/d/status`, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', annotations: { [counted]: '9', kept: 'yes' } } }, apply, { ...dry, force: 'true' }),
    write('a count merged through the status', 'PATCH', `${sets}/d/status`, { metadata: { annotations: { [counted]: '9' } } }, merge, dry),
    { method: 'DELETE', path: `${sets}/d`, compare: false },
  ];
};
