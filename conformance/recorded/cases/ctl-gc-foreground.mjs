// Foreground deletion: who blocks, who does not, chains of owners, an owner that is gone already, owners in other namespaces and of unknown kinds.
import { post, patch, get, del, until, gone, settle, P, cleanup, names, owners, events } from './lib/ctl.mjs';

export default ({ ns }) => {
  const { core } = P(ns);
  const C = `${core}/configmaps`;
  const cm = (name, refs = [], meta) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(refs.length ? { ownerReferences: refs } : {}), ...meta } });
  const ref = (v, name, more) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid: v[name], ...more });
  const make = (title, name, refs = () => [], meta) => (v) => post(title, C, cm(name, refs(v), meta), undefined, { save: (b, vars) => { vars[name] = b.metadata.uid; } });
  const state = (b) => ({ deleting: !!b.metadata?.deletionTimestamp, finalizers: b.metadata?.finalizers, owners: b.metadata ? owners(b) : b.reason });
  const steps = [
    make('an owner', 'a'), make('what blocks it', 'b', (v) => [ref(v, 'a', { blockOwnerDeletion: true })]), make('what does not', 'c', (v) => [ref(v, 'a')]),
    make('what is held', 'd', (v) => [ref(v, 'a', { blockOwnerDeletion: true, controller: true })], { finalizers: ['example.com/hold'] }),
    make('below it', 'e', (v) => [ref(v, 'b', { blockOwnerDeletion: true })]),
    del('delete the owner in the foreground', `${C}/a`, 'Foreground'),
    until('it waits', `${C}/a`, (b) => b.metadata.deletionTimestamp && b.metadata.finalizers?.length, state),
    gone('what blocks goes', `${C}/b`), gone('and what is below', `${C}/e`),
    until('the held one is deleted', `${C}/d`, (b) => b.metadata.deletionTimestamp, state),
    get('and the owner still waits', `${C}/a`, state),
    patch('let go', `${C}/d`, { metadata: { finalizers: null } }, (b) => b.kind),
    gone('now the owner goes', `${C}/a`), gone('and the last one', `${C}/c`),
    make('an owner of another kind of deletion', 'f'), make('its dependent', 'g', (v) => [ref(v, 'f')]), make('with two owners', 'h', (v) => [ref(v, 'f'), ref(v, 'g')]),
    del('orphan', `${C}/f`, 'Orphan'), gone('it is gone', `${C}/f`),
    until('the dependent has no owner', `${C}/g`, (b) => !b.metadata.ownerReferences, state),
    until('the other one has one', `${C}/h`, (b) => b.metadata.ownerReferences?.length === 1, state),
    del('delete the first', `${C}/g`), gone('the other follows', `${C}/h`),
    make('of what never was', 'i', () => [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: '11111111-2222-3333-4444-555555555555' }]), gone('is collected', `${C}/i`),
    make('of a kind that is not there', 'j', () => [{ apiVersion: 'example.com/v1', kind: 'Nothing', name: 'x', uid: '11111111-2222-3333-4444-555555555556' }]),
    make('of one with another uid', 'k'), (v) => make('', 'l', () => [{ ...ref(v, 'k'), uid: '11111111-2222-3333-4444-555555555557' }])(v), gone('is collected too', `${C}/l`),
    settle(1000), get('that stays', `${C}/j`, state),
    make('of a namespaced one by a cluster-wide name', 'm', () => [{ apiVersion: 'v1', kind: 'Node', name: 'no-such-node', uid: '11111111-2222-3333-4444-555555555558' }]), gone('is collected as well', `${C}/m`),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
