// Integers of 64 bits in built-in kinds: created, patched and applied, read in each form.
const at = '9007199254740993';

export default ({ ns }) => {
  const accept = { accept: 'application/json' };
  const slice = 'rp-verbs-numbers-long';
  const kinds = [
    { what: 'tolerations', path: `/api/v1/namespaces/${ns}/pods`, of: '"tolerationSeconds":-?[\\d.e+]+|"terminationGracePeriodSeconds":-?[\\d.e+]+',
      make: (name, n) => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"},"spec":{"terminationGracePeriodSeconds":${n},"schedulerName":"none","containers":[{"name":"c","image":"i"}],"tolerations":[{"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":${n}}]}}`,
      patch: (n) => `{"spec":{"tolerations":[{"key":"b","operator":"Exists","effect":"NoExecute","tolerationSeconds":${n}}]}}`, at: '/spec/tolerations/0/tolerationSeconds' },
    { what: 'a revision', path: `/apis/apps/v1/namespaces/${ns}/controllerrevisions`, of: '"revision":-?[\\d.e+]+',
      make: (name, n) => `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"${name}"},"data":{"n":1},"revision":${n}}`, patch: (n) => `{"revision":${n}}`, at: '/revision' },
    { what: 'a deadline', path: `/apis/batch/v1/namespaces/${ns}/cronjobs`, of: '"startingDeadlineSeconds":-?[\\d.e+]+',
      make: (name, n) => `{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"${name}"},"spec":{"suspend":true,"schedule":"0 0 1 1 *","startingDeadlineSeconds":${n},"jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}`, patch: (n) => `{"spec":{"startingDeadlineSeconds":${n}}}`, at: '/spec/startingDeadlineSeconds' },
    { what: 'an attribute', path: '/apis/resource.k8s.io/v1/resourceslices', of: '"int":-?[\\d.e+]+',
      make: (name, n) => `{"apiVersion":"resource.k8s.io/v1","kind":"ResourceSlice","metadata":{"name":"${slice}-${name}"},"spec":{"driver":"d.example.com","pool":{"name":"p","generation":${at},"resourceSliceCount":1},"nodeName":"rp-nowhere","devices":[{"name":"d","attributes":{"a":{"int":${n}}}}]}}`, name: (name) => `${slice}-${name}`,
      patch: (n) => `{"spec":{"devices":[{"name":"d","attributes":{"a":{"int":${n}}}}]}}`, at: '/spec/devices/0/attributes/a/int' },
  ];
  const steps = [];
  for (const { what, path, of, make, patch, at: pointer, name = (text) => text } of kinds) {
    const pick = (b, r) => (r.status < 300 ? [...new Set(r.text.match(new RegExp(of, 'g')))] : (b.message ?? b).replace(/resourceVersion\\*":\\*"\d+/g, 'resourceVersion'));
    const one = (title, method, type, body, query = {}, at = path) => ({ name: `${what}: ${title}`, method, path: at, type: `application/${type}`, query: { fieldManager: 'm', ...query }, headers: accept, body, pick });
    const dryRun = { dryRun: 'All' };
    const old = `${path}/${name('old')}`;
    for (const n of [at, '9223372036854775807', '-9223372036854775808', '9223372036854775808', '1.0', '1e18']) {
      steps.push(one(`${n} in JSON`, 'POST', 'json', make('new', n), dryRun), one(`${n} in YAML`, 'POST', 'yaml', make('new', n).replaceAll('":', '": '), dryRun));
    }
    steps.push(one('made', 'POST', 'json', make('old', at)));
    for (const n of ['1732600000123456789', '1732600000123456789.0']) {
      steps.push(
        one(`${n} in a JSON patch`, 'PATCH', 'json-patch+json', `[{"op":"test","path":"${pointer}","value":${at}},{"op":"replace","path":"${pointer}","value":${n}}]`, dryRun, old),
        one(`${n} in a merge patch`, 'PATCH', 'merge-patch+json', patch(n), dryRun, old), one(`${n} in a strategic merge patch`, 'PATCH', 'strategic-merge-patch+json', patch(n), dryRun, old),
        one(`${n} applied`, 'PATCH', 'apply-patch+yaml', make('applied', n), dryRun, `${path}/${name('applied')}`),
      );
    }
    steps.push(one('a JSON patch that tests another', 'PATCH', 'json-patch+json', `[{"op":"test","path":"${pointer}","value":9007199254740992}]`, dryRun, old));
    for (const [form, query, type] of [['for people', { pretty: 'true' }, 'json'], ['in YAML', {}, 'yaml'], ['in a list', {}, 'json']]) {
      steps.push({ name: `${what}: read ${form}`, path: form === 'in a list' ? path : old, query, headers: { accept: `application/${type}` }, pick: (b, r) => [...new Set(r.text.match(/\b9007199254740\d+/g))] });
    }
    steps.push({ name: `${what}: watched`, path, query: { watch: 'true', timeoutSeconds: '2', fieldSelector: `metadata.name=${name('old')}` }, headers: accept, watch: { events: 1 }, pick: (b, r) => [...new Set(r.text.match(new RegExp(of, 'g')))] });
  }
  steps.cleanup = [`/apis/resource.k8s.io/v1/resourceslices/${slice}-old`];
  return steps;
};
