// Who joins an owner that waits for its dependents: looked at once the next of them has gone, whether it blocks or not.
import { post, patch, get, del, until, gone, settle, P, cleanup, owners } from './lib/ctl.mjs';

export default ({ ns }) => {
  const maps = `${P(ns).core}/configmaps`;
  const map = (name, more = () => ({})) => (vars) => post(name, maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more(vars) } }, owners, { save: (b, to) => { to[name] = b.metadata.uid; } });
  const of = (vars, blockOwnerDeletion) => [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: vars.owner, ...(blockOwnerDeletion ? { blockOwnerDeletion } : {}) }];
  const state = (name) => get(`${name} is there`, `${maps}/${name}`, (b) => (b.kind === 'Status' ? b.reason : { going: Boolean(b.metadata.deletionTimestamp), finalizers: b.metadata.finalizers }));
  const steps = [
    map('owner'), map('held', (vars) => ({ ownerReferences: of(vars, true), finalizers: ['example.com/held'] })), map('other', (vars) => ({ ownerReferences: of(vars, true), finalizers: ['example.com/held'] })), map('joiner'),
    del('the owner goes last', `${maps}/owner`, 'Foreground', { pick: (b) => b.metadata?.finalizers }),
    ...['held', 'other'].map((name) => until(`${name} is going`, `${maps}/${name}`, (b) => b.metadata.deletionTimestamp, (b) => b.metadata.finalizers)),
    map('late', (vars) => ({ ownerReferences: of(vars, true) })), map('free', (vars) => ({ ownerReferences: of(vars, false) })),
    (vars) => patch('another joins', `${maps}/joiner`, { metadata: { ownerReferences: of(vars, true) } }, owners),
    settle(1000), state('owner'), state('late'), state('free'), state('joiner'),
    patch('one is let go', `${maps}/held`, { metadata: { finalizers: null } }, (b) => b.kind),
    gone('late is gone', `${maps}/late`), gone('the joiner is gone', `${maps}/joiner`), settle(500), state('free'), state('owner'),
    patch('the other one too', `${maps}/other`, { metadata: { finalizers: null } }, (b) => b.kind),
    gone('the owner is gone', `${maps}/owner`), gone('and who did not block it', `${maps}/free`),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
