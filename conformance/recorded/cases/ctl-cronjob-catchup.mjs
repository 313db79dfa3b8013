// CronJobs that have missed their times: deadlines, concurrency with a Job that still runs, history, Jobs that somebody else made.
import { post, patch, get, del, until, gone, settle, P, cleanup, loose, owners, events, report, ended, conds, quiet, live } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, pods, core } = P(ns); const C = (x) => `${batch}/cronjobs/${x}`;
  const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString().replace(/\.\d+/, '');
  // The last time that the schedule names is always the first of January.
  const cj = (name, spec) => ({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name }, spec: { schedule: '0 0 1 1 *', suspend: true, ...spec, jobTemplate: { metadata: { labels: { from: name } }, spec: { template: { metadata: { labels: { app: name } }, spec: loose({ restartPolicy: 'Never', terminationGracePeriodSeconds: 0 }) } } } } });
  const tidyName = (s) => s.replace(/-\d{8,}/g, '-<minute>').replace(/(\w{3}, \d\d \w{3} \d{4} [\d:]+ \+0000)/g, '<date>');
  const jobs = (b) => b.items.map((j) => ({ name: tidyName(j.metadata.name), time: j.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']?.slice(4), owners: owners(j) })).sort((x, y) => (x.name < y.name ? -1 : 1));
  const of = (x) => ({ query: { labelSelector: `from=${x}` } });
  const told = (name, x, wanted) => until(name, `${core}/events`, (b) => wanted.every((w) => b.items.some((e) => e.reason === w)), (b) => [...new Set(b.items.map((e) => `${e.type} ${e.reason} ${tidyName(e.message)}`))].sort(), { query: { fieldSelector: `involvedObject.name=${x}` } });
  const missed = (x, days = 400) => patch(`${x} ran long ago`, `${C(x)}/status`, { status: { lastScheduleTime: ago(days) } }, (b) => typeof b.status.lastScheduleTime);
  const go = (x) => patch(`${x} goes on`, C(x), { spec: { suspend: false } }, (b) => b.spec.suspend);
  const status = (b) => ({ active: (b.status.active ?? []).map((a) => ({ ...a, name: tidyName(a.name) })), last: /-01-01T/.test(b.status.lastScheduleTime) ? b.status.lastScheduleTime.slice(4) : typeof b.status.lastScheduleTime, success: typeof b.status.lastSuccessfulTime });
  const steps = [
    post('once a year', `${batch}/cronjobs`, cj('year')), missed('year'), go('year'),
    until('makes up for it', `${batch}/jobs`, (b) => b.items.length === 1, jobs, of('year')),
    until('and says so', C('year'), (b) => b.status.active, status),
    quiet(until('its pod', pods, (b) => b.items.length === 1, null, { query: { labelSelector: 'app=year' }, save: (b, v) => { v.pod = b.items[0].metadata.name; } })),
    report('ends well', ns, (v) => v.pod, () => ended(0)),
    until('is seen', C('year'), (b) => !b.status.active && b.status.lastSuccessfulTime, status),
    told('its events', 'year', ['SuccessfulCreate', 'SawCompletedJob']),
    post('too late', `${batch}/cronjobs`, cj('late', { startingDeadlineSeconds: 10 })), missed('late'), go('late'),
    settle(1500), get('makes none', `${batch}/jobs`, jobs, of('late')), get('its status', C('late'), status),
    post('one that must not overlap', `${batch}/cronjobs`, cj('forbid', { concurrencyPolicy: 'Forbid' })), missed('forbid'), go('forbid'),
    until('runs', C('forbid'), (b) => b.status.active, status),
    patch('another schedule', C('forbid'), { spec: { schedule: '1 0 1 1 *' } }, (b) => b.spec.schedule), missed('forbid'), told('another time is let go', 'forbid', ['JobAlreadyActive']),
    get('still one', `${batch}/jobs`, jobs, of('forbid')),
    post('one that replaces', `${batch}/cronjobs`, cj('replace', { concurrencyPolicy: 'Replace' })), missed('replace'), go('replace'),
    until('runs too', C('replace'), (b) => b.status.active, (b) => status(b).active),
    get('remember', `${batch}/jobs`, (b) => b.items.length, { ...of('replace'), save: (b, v) => { v.job = b.items[0].metadata.name; v.uid = b.items[0].metadata.uid; } }),
    patch('another schedule', C('replace'), { spec: { schedule: '1 0 1 1 *' } }, (b) => b.spec.schedule), missed('replace'),
    (v) => until('it is replaced', `${batch}/jobs`, (b) => live(b).length === 1 && live(b)[0].metadata.uid !== v.uid, (b) => live(b).length, of('replace')),
    told('its events tell', 'replace', ['SuccessfulCreate', 'SuccessfulDelete']),
    post('without history', `${batch}/cronjobs`, cj('brief', { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 })), missed('brief'), go('brief'),
    quiet(until('its pod', pods, (b) => b.items.length === 1, null, { query: { labelSelector: 'app=brief' }, save: (b, v) => { v.pod = b.items[0].metadata.name; } })),
    report('ends', ns, (v) => v.pod, () => ended(0)),
    until('nothing is left', `${batch}/jobs`, (b) => b.items.length === 0, jobs, of('brief')),
    told('its events then', 'brief', ['SuccessfulCreate', 'SuccessfulDelete']),
    get('a job made by hand', C('year'), (b) => b.kind, { save: (b, v) => { v.owner = b.metadata.uid; } }),
    (v) => post('with the same owner', `${batch}/jobs`, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'by-hand', labels: { from: 'year' }, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'year', uid: v.owner, controller: true, blockOwnerDeletion: true }] }, spec: { template: { metadata: { labels: { app: 'hand' } }, spec: loose({ restartPolicy: 'Never' }) } } }),
    told('is not expected', 'year', ['UnexpectedJob']),
    get('nor taken up', C('year'), status),
    patch('a schedule with a zone', C('late'), { spec: { schedule: 'CRON_TZ=UTC 0 0 * * *' } }),
    patch('a zone that is none', C('late'), { spec: { timeZone: 'Nowhere/City' } }),
    patch('a zone', C('late'), { spec: { timeZone: 'America/New_York' } }, (b) => b.spec.timeZone),
    post('every hour of a zone', `${batch}/cronjobs`, cj('zone', { timeZone: 'Asia/Kolkata', schedule: '30 5 1 1 *' })), missed('zone'), go('zone'),
    until('at midnight of UTC', `${batch}/jobs`, (b) => b.items.length === 1, (b) => b.items.map((j) => j.metadata.annotations['batch.kubernetes.io/cronjob-scheduled-timestamp'].slice(10)), of('zone')),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
