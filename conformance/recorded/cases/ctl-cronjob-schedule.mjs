// A schedule that is changed begins with its next moment, whatever it would have had before; one that names no day at all is told of.
import { post, patch, until, P, cleanup, loose, settle } from './lib/ctl.mjs';
export default ({ ns }) => {
  const { batch, core } = P(ns);
  const cronJob = (name, schedule) => ({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name }, spec: { schedule, jobTemplate: { spec: { template: { spec: loose({ restartPolicy: 'Never' }) } } } } });
  const scheduled = (job) => Date.parse(job.metadata.annotations['batch.kubernetes.io/cronjob-scheduled-timestamp']);
  const about = (name) => ({ query: { fieldSelector: `involvedObject.name=${name}` } });
  const steps = [
    post('never', `${batch}/cronjobs`, cronJob('never', '59 23 31 2 *')),
    until('is told', `${core}/events`, (b) => b.items.length > 0, (b) => b.items.map(({ type, reason, message }) => ({ type, reason, message })), about('never')),
    post('next year', `${batch}/cronjobs`, cronJob('tick', '0 0 1 1 *'), (b) => b.spec.schedule, { save: (b, vars) => { vars.made = Date.parse(b.metadata.creationTimestamp); } }),
    settle(18_000),
    patch('from now on', `${batch}/cronjobs/tick`, { spec: { schedule: '@every 15s' } }, (b) => b.spec.schedule, { save: (b, vars) => { vars.changed = Math.max(...b.metadata.managedFields.map(({ time }) => Date.parse(time))); } }),
    (vars) => until('its Job', `${batch}/jobs`, (b) => b.items.length > 0, (b) => b.items.slice(0, 1).map((job) => ({ afterTheChange: scheduled(job) >= vars.changed, fifteen: (scheduled(job) - vars.made) % 15_000 })), { within: 80_000 }),
  ];
  steps.cleanup = cleanup(ns);
  return steps;
};
