// Numbers in patches, applies and YAML: where they were decoded into Go's plain values first, a whole number beyond 64 bits and one with a fraction or an exponent are floats.
export default ({ ns }) => {
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${ns}/leases`;
  const lease = (name, n) => `{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"${name}"},"spec":{"holderIdentity":"h","leaseDurationSeconds":${n}}}`;
  const revisions = `/apis/apps/v1/namespaces/${ns}/controllerrevisions`;
  const revision = (name, n) => `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"${name}"},"data":{"n":1},"revision":${n}}`;
  const service = (name, n) => `{"apiVersion":"v1","kind":"Service","metadata":{"name":"${name}"},"spec":{"ports":[{"port":80,"targetPort":${n}}]}}`;
  const services = `/api/v1/namespaces/${ns}/services`;
  const range = (name, n) => `{"apiVersion":"v1","kind":"LimitRange","metadata":{"name":"${name}"},"spec":{"limits":[{"type":"Container","max":{"memory":${n}}}]}}`;
  const ranges = `/api/v1/namespaces/${ns}/limitranges`;
  const numbers = ['1', '1.0', '1e3', '10e-1', '1.5', '1e400', '-0', '2147483648', '9007199254740993', '9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551616', '12345678901234567890123'];
  const kinds = [
    { what: 'seconds', path: leases, make: lease, patch: (n) => `{"spec":{"leaseDurationSeconds":${n}}}`, at: '/spec/leaseDurationSeconds', sum: (b) => b.spec?.leaseDurationSeconds },
    { what: 'a revision', path: revisions, make: revision, patch: (n) => `{"revision":${n}}`, at: '/revision', sum: (b) => b.revision },
    { what: 'a target', path: services, make: service, patch: (n) => `{"spec":{"ports":[{"port":80,"targetPort":${n}}]}}`, at: '/spec/ports/0/targetPort', sum: (b) => b.spec?.ports?.[0].targetPort },
    { what: 'memory', path: ranges, make: range, patch: (n) => `{"spec":{"limits":[{"type":"Container","max":{"memory":${n}}}]}}`, at: '/spec/limits/0/max/memory', sum: (b) => b.spec?.limits },
  ];
  // What this script could not read exactly itself only has to be accepted.
  const shown = (sum) => (JSON.stringify(sum)?.replace(/\d{16,}/g, 'many digits'));
  const steps = [];
  for (const { what, path, make, patch, at, sum } of kinds) {
    const pick = (b) => b.message?.replace(/"resourceVersion\\":\\"\d+/, '"resourceVersion\\":\\"N') ?? shown(sum(b));
    const common = { query: { dryRun: 'All' }, pick };
    const name = what.replace(' ', '-');
    steps.push({ name: `${what}: made`, method: 'POST', path, body: make(name, '1'), type: 'application/json', compare: false });
    for (const n of numbers) {
      steps.push({ ...common, name: `${what} ${n} in JSON`, method: 'POST', path, type: 'application/json', body: make('new', n) });
      steps.push({ ...common, name: `${what} ${n} in YAML`, method: 'POST', path, type: 'application/yaml', body: make('new', n) });
      steps.push({ ...common, name: `${what} ${n} in a merge patch`, method: 'PATCH', path: `${path}/${name}`, type: 'application/merge-patch+json', body: patch(n) });
      steps.push({ ...common, name: `${what} ${n} in a strategic merge patch`, method: 'PATCH', path: `${path}/${name}`, type: 'application/strategic-merge-patch+json', body: patch(n) });
      steps.push({ ...common, name: `${what} ${n} in a JSON patch`, method: 'PATCH', path: `${path}/${name}`, type: 'application/json-patch+json', body: `[{"op":"replace","path":"${at}","value":${n}}]` });
      steps.push({ ...common, name: `${what} ${n} applied`, method: 'PATCH', path: `${path}/${name}`, query: { dryRun: 'All', fieldManager: 'a', force: 'true' }, type: 'application/apply-patch+yaml', body: make(name, n) });
      steps.push({ ...common, name: `${what} ${n} applied to make it`, method: 'PATCH', path: `${path}/new`, query: { dryRun: 'All', fieldManager: 'a', force: 'true' }, type: 'application/apply-patch+yaml', body: make('new', n) });
    }
  }
  const claims = `/api/v1/namespaces/${ns}/persistentvolumeclaims`;
  for (const n of numbers.filter((number) => number !== '-0' && !number.startsWith('-'))) {
    const body = `{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"new"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":${n}}}}}`;
    for (const type of ['json', 'yaml']) {
      steps.push({ name: `storage ${n} in ${type}`, method: 'POST', path: claims, query: { dryRun: 'All' }, type: `application/${type}`, body, pick: (b) => b.spec?.resources ?? b.message });
    }
  }
  const ignored = { query: { dryRun: 'All', fieldValidation: 'Ignore' }, pick: (b) => b.message };
  steps.push({ ...ignored, name: 'a number beyond a double where fields are not validated: merge patch', method: 'PATCH', path: `${leases}/seconds`, type: 'application/merge-patch+json', body: '{"other":1e400}' });
  steps.push({ ...ignored, name: 'a number beyond a double where fields are not validated: JSON patch', method: 'PATCH', path: `${leases}/seconds`, type: 'application/json-patch+json', body: '[{"op":"test","path":"/other","value":1e400}]' });
  steps.push({ ...ignored, name: 'a test of a number that is written in another way', method: 'PATCH', path: `${leases}/seconds`, type: 'application/json-patch+json', body: '[{"op":"test","path":"/spec/leaseDurationSeconds","value":1.0}]' });
  steps.push({ ...ignored, name: 'a number where text should be', method: 'PATCH', path: `${leases}/seconds`, type: 'application/strategic-merge-patch+json', body: '{"spec":{"holderIdentity":1e3}}' });
  steps.push({ ...ignored, name: 'a number where text should be, in a merge patch', method: 'PATCH', path: `${leases}/seconds`, type: 'application/merge-patch+json', body: '{"spec":{"holderIdentity":1e3}}', pick: (b) => b.message.replace(/.*: json/, '') });
  steps.push({ ...ignored, name: 'the map of a strategic patch tells floats as Go prints them', method: 'PATCH', path: `${leases}/seconds`, type: 'application/strategic-merge-patch+json', body: '{"spec":{"leaseDurationSeconds":1.5,"other":[1e6,123456789.0,1e21,1e-7,0.5,9223372036854775808,12345678901234567]}}' });
  return steps;
};
