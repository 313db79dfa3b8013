// Grace periods that no span of time holds: what is longer than 292 years wraps around.
export default ({ ns }) => {
  const pods = `/api/v1/namespaces/${ns}/pods`;
  const accept = { accept: 'application/json' };
  const pod = (n) => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"terminationGracePeriodSeconds":${n},"nodeName":"rp-nowhere","containers":[{"name":"c","image":"i"}]}}`;
  const decade = 3e11;
  const when = (time) => ['long ago', 'now', 'in a long time'][1 + Math.sign(Math.trunc((Date.parse(time) - Date.now()) / decade))];
  const seen = (b, r) => (r.status === 200 ? [when(b.metadata.deletionTimestamp), /"deletionGracePeriodSeconds":-?\d+/.exec(r.text)[0]] : b);
  const options = (n) => `{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":${n}}`;
  const remove = (name, query, body) => ({ name, method: 'DELETE', path: `${pods}/a`, query, headers: accept, pick: seen, ...(body && { body, type: 'application/json' }) });
  const gone = [{ ...remove('now', { gracePeriodSeconds: '0' }), compare: false }, { compare: false, path: `${pods}/a`, until: (_, r) => r.status === 404 }];
  const long = ['9007199254740993', '10000000000', '9223372036854775807'];
  return [
    ...long.flatMap((n) => [
      { name: `a pod with ${n} s`, method: 'POST', path: pods, type: 'application/json', body: pod(n), headers: accept, pick: (_, r) => /"terminationGracePeriodSeconds":\d+/.exec(r.text)?.[0] },
      remove(`deleted with its ${n} s`), remove('once more with five', { gracePeriodSeconds: '5' }), remove(`and with ${n}`, undefined, options(n)), ...gone,
    ]),
    { name: 'a pod with 30 s', method: 'POST', path: pods, type: 'application/json', body: pod(30), compare: false },
    ...['9007199254740993', '60'].map((n) => remove(`deleted with ${n} in the body`, undefined, options(n))), ...gone,
  ];
};
