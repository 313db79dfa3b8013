// ConfigMaps that the API server keeps: since when tokens are tracked, where that is no date; what it says to extension API servers, where somebody wrote there what cannot be read.
import { patch, get, until, settle, P } from './lib/ctl.mjs';
export default () => {
  const M = '/api/v1/namespaces/kube-system/configmaps'; const T = `${M}/kube-apiserver-legacy-service-account-token-tracking`; const A = `${M}/extension-apiserver-authentication`;
  const today = (b) => (b.data?.since === new Date().toISOString().slice(0, 10) ? 'today' : b.data?.since);
  const is = (b) => ({ since: today(b), others: Object.keys(b.data ?? {}).sort(), labels: b.metadata.labels });
  const since = (v) => [patch(`since ${JSON.stringify(v)}`, T, { data: { since: v } }, (b) => b.message ?? b.kind), until('is put right', T, (b) => today(b) === 'today', is)];
  const kept = (v) => [patch(`since ${v}`, T, { data: { since: v } }, (b) => b.message ?? b.kind), settle(400), get('stays', T, is)];
  const keys = (b) => ({ keys: Object.keys(b.data ?? {}).sort(), names: b.data?.['requestheader-allowed-names'], groups: b.data?.['requestheader-group-headers'], ca: /^-----BEGIN CERT/.test(b.data?.['client-ca-file'] ?? '') ? 'certificates' : b.data?.['client-ca-file'] });
  const write = (title, data) => patch(title, A, { data }, (b) => b.message ?? b.kind);
  const back = (v) => write('as it was', v.data);
  const steps = [
    until('it is there', T, (b) => b.data.since, (b) => b.kind), patch('with more', T, { metadata: { labels: { mine: 'x' } }, data: { more: 'y' } }, (b) => b.kind), ...since('x'), ...since(''), ...since('2026-02-30'), ...since('2026-1-1'), ...since('2026-01-01T00:00:00Z'), ...since(null), patch('no data', T, { data: null }, (b) => b.kind), until('has it again', T, (b) => b.data, is), ...kept('2020-02-29'), ...kept('2199-01-01'), ...since('never'), patch('as it was', T, { metadata: { labels: null } }, (b) => b.kind),
    get('what extension API servers are told', A, (b) => b.kind, { save: (b, v) => { v.data = b.data; } }), write('no certificate', { 'client-ca-file': 'text' }), write('another group', { 'requestheader-group-headers': '["x-mine"]' }), settle(300), get('stays', A, keys), back,
    write('no list', { 'requestheader-group-headers': '"text"' }), settle(300), get('stays too', A, keys), write('numbers', { 'requestheader-group-headers': '[1]' }), settle(300), get('stays as well', A, keys), back, write('no certificate in the bundle', { 'client-ca-file': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }), settle(300), get('stays again', A, (b) => b.data['client-ca-file']), back,
  ];
  steps.needsServiceAccount = false;
  return steps;
};
