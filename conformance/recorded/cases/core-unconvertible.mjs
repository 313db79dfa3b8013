// What fits its type and still cannot be read: a count of templates that is no number, fractions, keys that are no scalars.
export default ({ ns }) => {
  const D = `/apis/apps/v1/namespaces/${ns}/daemonsets`, S = `/api/v1/namespaces/${ns}/services`;
  const A = `/api/v1/namespaces/${ns}/serviceaccounts`;
  const account = (fields) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' }, ...fields });
  const key = 'deprecated.daemonset.template.generation';
  const set = (name, count, spec) => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, ...(count !== undefined && { annotations: { [key]: count } }) }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }], nodeSelector: { no: 'node' } } }, ...spec } });
  const service = (...ports) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports } });
  const pick = (b) => b.code ? { code: b.code, reason: b.reason, message: b.message.replace(/value: ".*": (?=strconv)/s, 'value: … ') } : b.metadata.annotations;
  const create = (count) => ({ name: `a count of ${JSON.stringify(count)}`, method: 'POST', path: D, query: { dryRun: 'All' }, body: set('d', count), pick });
  const patch = (name, type, body, sub = '') => ({ name, method: 'PATCH', path: `${D}/y${sub}`, type: `application/${type}+json`, body, pick });
  const apply = (name, path, body) => ({ name, method: 'PATCH', path, query: { fieldManager: 'm', force: 'true' }, type: 'application/apply-patch+yaml', body, pick: (b) => (b.code ? b : b.spec) });
  const no = { metadata: { annotations: { [key]: 'no' } } };
  return [
    ...['abc', '', '1.5', ' 1', '0x1', '99999999999999999999', '+3', '007', '-4'].map(create),
    { name: 'a set', method: 'POST', path: D, body: set('y'), pick },
    { name: 'a replacement', method: 'PUT', path: `${D}/y`, body: set('y', 'no'), pick },
    { name: 'a replacement of the status', method: 'PUT', path: `${D}/y/status`, body: set('y', 'no'), pick },
    patch('a merge patch', 'merge-patch', no),
    patch('a strategic patch', 'strategic-merge-patch', no),
    patch('a strategic patch of the status', 'strategic-merge-patch', no, '/status'),
    patch('a JSON patch', 'json-patch', [{ op: 'add', path: `/metadata/annotations/${key}`, value: 'no' }]),
    patch('the annotation comes back', 'merge-patch', { metadata: { annotations: { [key]: null } } }),
    apply('applied to it', `${D}/y`, set('y', 'no')),
    apply('applied to nothing', `${D}/z`, set('z', 'no')),
    apply('a fraction of a number or text', `${D}/z`, set('z', undefined, { updateStrategy: { rollingUpdate: { maxUnavailable: 1.5 } } })),
    apply('a port that is a fraction', `${S}/s`, service({ port: 1.5 })),
    apply('a target port that is a fraction', `${S}/s`, service({ port: 1, targetPort: 1.5 })),
    apply('a target port beyond 32 bits', `${S}/s`, service({ port: 1, targetPort: 1e10 })),
    apply('a target port that is a truth', `${S}/s`, service({ port: 1, targetPort: true })),
    apply('a key that is a map', `${S}/s`, service({ port: {} })),
    apply('a key that is a list', `${S}/s`, service({ port: [1, 'a'] })),
    apply('a name that is a map', `${D}/z`, set('z', undefined, { template: { spec: { containers: [{ name: { a: 1 } }] } } })),
    { name: 'a list whose element lacks its key', method: 'POST', path: A, body: account({ secrets: [{}] }), pick: (b) => b.secrets },
    apply('applied to that', `${A}/a`, account({ secrets: [{ name: 's' }] })),
    { name: 'clear', method: 'DELETE', path: `${D}/y`, compare: false },
  ];
};
