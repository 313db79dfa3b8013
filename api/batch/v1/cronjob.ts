import type { CronJob, CronJobSpec, JobSpec, JobTemplateSpec } from '../../../openapi/types.ts';
import { selectorColumn } from '../../apps/v1/workload.columns.ts';
import { ageColumn, containerColumns, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { podNameWarnings, withPodTemplate } from '../../core/v1/pod.template.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid, invalidTyped, notSupported, required } from '../../meta/field.ts';
import { validateNonNegativeFields } from '../../meta/numbers.validation.ts';
import { printedSelector } from '../../meta/printed.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { byteLength } from '../../meta/text.ts';
import { ageCell } from '../../meta/time.ts';
import { zoneUnknown } from '../../meta/time-zone.ts';
import { defaultJobTemplate, jobSpecWarnings } from './job.ts';
import { validateJobTemplateSpec } from './job.validation.ts';
import { isTimeZone, parseSchedule } from './schedule.ts';

const path = FieldPath.of('spec');
const jobPath = path.child('jobTemplate', 'spec');
/** The names of its Jobs have eleven letters more. */
const maxName = 52;

function defaults(cronJob: CronJob): void {
  const spec = (cronJob.spec ??= {} as CronJobSpec);
  const template = (spec.jobTemplate ??= {} as JobTemplateSpec);
  defaultJobTemplate((template.spec ??= {} as JobSpec));
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
}

function validateSchedule(spec: CronJobSpec, old: CronJobSpec | undefined): FieldError[] {
  const { schedule = '', timeZone } = spec;
  const at = path.child('schedule');
  if (schedule === '') return [required(at)];
  const errors: FieldError[] = [];
  try {
    parseSchedule(schedule);
  } catch (error) {
    errors.push(invalid(at, schedule, (error as Error).message));
  }
  if (!schedule.includes('TZ')) return errors;
  if (!old?.schedule.includes('TZ')) {
    errors.push(invalid(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  } else if (timeZone !== undefined) {
    errors.push(invalid(at, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
  }
  return errors;
}

function validateTimeZone(name: string | undefined): FieldError[] {
  if (name === undefined) return [];
  const at = path.child('timeZone');
  if (name === '') return [invalidTyped(at, name, 'timeZone must be nil or non-empty string')];
  const unknown = invalidTyped(at, name, `unknown time zone ${name}`);
  if (name.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z.\-_0-9+]{1,14}$/.test(part))) {
    return [unknown];
  }
  const errors: FieldError[] = [];
  if (name.toLowerCase() === 'local') {
    errors.push(invalidTyped(at, name, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  }
  return isTimeZone(name) ? errors : [...errors, invalidTyped(at, name, zoneUnknown(name))];
}

function validateConcurrency(policy: string | undefined): FieldError[] {
  const at = path.child('concurrencyPolicy');
  const policies = ['Allow', 'Forbid', 'Replace'];
  if (!policy) return [required(at)];
  return policies.includes(policy) ? [] : [notSupported(at, policy, policies)];
}

function validateJobTemplate({ spec = {} as JobSpec }: JobTemplateSpec): FieldError[] {
  const errors = validateJobTemplateSpec(spec, jobPath);
  if (spec.selector) errors.push(invalid(jobPath.child('selector'), printedSelector(spec.selector), '`selector` will be auto-generated'));
  if (spec.manualSelector) errors.push(notSupported(jobPath.child('manualSelector'), true, ['nil', 'false']));
  return errors;
}

function validateSpec(spec: CronJobSpec, old?: CronJobSpec): FieldError[] {
  return [
    ...validateSchedule(spec, old),
    ...validateNonNegativeFields(spec, ['startingDeadlineSeconds'], path),
    ...(old && old.timeZone === spec.timeZone ? [] : validateTimeZone(spec.timeZone)),
    ...validateConcurrency(spec.concurrencyPolicy),
    ...validateJobTemplate(spec.jobTemplate),
    ...validateNonNegativeFields(spec, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'], path),
  ];
}

function validate({ metadata, spec }: CronJob): FieldError[] {
  const errors = [...validateCoreMeta(metadata, { namespaced: true }), ...validateSpec(spec!)];
  if (byteLength(metadata.name ?? '') > maxName) {
    errors.push(invalid(FieldPath.of('metadata', 'name'), metadata.name, `must be no more than ${maxName} characters`));
  }
  return errors;
}

function warnings(object: CronJob, old: CronJob | undefined): string[] {
  const spec = object.spec!;
  if (!old) return [...podNameWarnings(object.metadata.name ?? ''), ...jobSpecWarnings(spec.jobTemplate.spec!, jobPath)];
  const list = object.metadata.generation === old.metadata.generation ? [] : jobSpecWarnings(spec.jobTemplate.spec!, jobPath);
  if (spec.schedule.includes('TZ')) {
    const page = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
    list.push(`cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see ${page} for more details`);
  }
  return list;
}

function suspendCell(suspend: boolean | undefined): string {
  if (suspend === undefined) return '<unset>';
  return suspend ? 'True' : 'False';
}

/** CronJobs. Compared with v1.36.3: defaults, schedules, time zones, the Job's template, generations, warnings, table. */
export const cronJob = defineResource<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.batch.v1.CronJob',
  defaultGarbageCollectionPolicy: 'background',
  subresources: [statusSubresource<CronJob>({})],
  columns: [
    nameColumn,
    {
      name: 'Schedule',
      type: 'string',
      description: ['io.k8s.api.batch.v1.CronJobSpec', 'schedule'],
      cell: (object) => object.spec?.schedule ?? '',
    },
    {
      name: 'Timezone',
      type: 'string',
      description: ['io.k8s.api.batch.v1.CronJobSpec', 'timeZone'],
      cell: (object) => object.spec?.timeZone ?? '<none>',
    },
    {
      name: 'Suspend',
      type: 'boolean',
      description: ['io.k8s.api.batch.v1.CronJobSpec', 'suspend'],
      cell: (object) => suspendCell(object.spec?.suspend),
    },
    {
      name: 'Active',
      type: 'integer',
      description: ['io.k8s.api.batch.v1.CronJobStatus', 'active'],
      cell: (object) => (object.status?.active ?? []).length,
    },
    {
      name: 'Last Schedule',
      type: 'string',
      description: ['io.k8s.api.batch.v1.CronJobStatus', 'lastScheduleTime'],
      cell: ({ status }, { now }) => (status?.lastScheduleTime ? ageCell(status.lastScheduleTime, now) : '<none>'),
    },
    ageColumn,
    ...containerColumns<CronJob>((object) => object.spec?.jobTemplate?.spec?.template?.spec?.containers, 1),
    selectorColumn<CronJob>(['io.k8s.api.batch.v1.JobSpec', 'selector'], (object) => object.spec?.jobTemplate?.spec?.selector),
  ],
  resetFields: [['status']],
  defaults,
  ...withPodTemplate(
    (object) => object.spec?.jobTemplate.spec?.template,
    specAndStatus(() => ({})),
  ),
  validate,
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateSpec(object.spec!, old.spec)],
  warnings,
});
