import type { Job, JobSpec } from '../../../openapi/types.ts';
import { selectorColumn } from '../../apps/v1/workload.columns.ts';
import { defaultTemplateOf } from '../../apps/v1/workload.defaults.ts';
import { ageColumn, containerColumns, nameColumn } from '../../core/v1/columns.ts';
import { podNameWarnings, podTemplateWarnings, withPodTemplate } from '../../core/v1/pod.template.ts';
import { defineResource } from '../../define.ts';
import { isConditionTrue } from '../../meta/conditions.ts';
import { FieldPath } from '../../meta/field.ts';
import { goQuote } from '../../meta/go-quote.ts';
import { isLabelValue } from '../../meta/names.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';
import { humanDuration } from '../../meta/time.ts';
import { parseTime } from '../../meta/timestamps.ts';
import { controllerUidLabel, jobNameLabel, legacyControllerUidLabel, legacyJobNameLabel } from './job.labels.ts';
import { validateJobStatusUpdate } from './job.status.validation.ts';
import { validateJob, validateJobUpdate } from './job.validation.ts';

const maxInt32 = 2147483647;

/** What the template of a Job has by default, in a CronJob as well. */
export function defaultJobTemplate(spec: JobSpec): void {
  defaultTemplateOf(spec);
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  }
}

function defaults(job: Job): void {
  const spec = (job.spec ??= {} as JobSpec);
  defaultJobTemplate(spec);
  if (spec.parallelism === undefined) {
    spec.completions ??= 1;
    spec.parallelism = 1;
  }
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxInt32;
  takeTemplateLabels(job);
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
}

// The very same map, so that labels which the server adds to the template show on the Job too, as they do upstream.
function takeTemplateLabels(job: Job): void {
  const labels = job.spec!.template.metadata?.labels;
  if (!labels || Object.keys(job.metadata?.labels ?? {}).length > 0) return;
  job.metadata ??= {};
  job.metadata.labels = labels;
}

function generateSelector(job: Job): void {
  const spec = job.spec!;
  const { name = '', uid = '' } = job.metadata;
  const meta = (spec.template.metadata ??= {});
  const labels = (meta.labels ??= {});
  for (const key of [legacyJobNameLabel, jobNameLabel]) labels[key] ??= name;
  for (const key of [legacyControllerUidLabel, controllerUidLabel]) labels[key] ??= uid;
  const selector = (spec.selector ??= {});
  selector.matchLabels ??= {};
  selector.matchLabels[controllerUidLabel] ??= uid;
}

/** Warnings about the spec of a Job. @param path of the spec */
export function jobSpecWarnings(spec: JobSpec, path: FieldPath): string[] {
  const huge = spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 100_000 && (spec.parallelism ?? 0) > 10_000;
  const words =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  return [...(huge ? [`${path}: ${words}`] : []), ...podTemplateWarnings(spec.template, path.child('template'))];
}

function statusCell({ metadata, status }: Job): string {
  const is = (type: string): boolean => isConditionTrue(status?.conditions, type);
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(is) ?? 'Running';
}

function completionsCell({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Job, now: number): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? parseTime(status.completionTime) : now;
  return humanDuration(end - parseTime(status.startTime));
}

const path = FieldPath.of('spec');
const common = withPodTemplate<Job>(
  (object) => object.spec?.template,
  specAndStatus(() => ({})),
);

const orphanWarning =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

/** Jobs. Compared with v1.36.3: defaults, generated selector and labels, policies, what may change and when, status transitions, table. */
export const job = defineResource<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.batch.v1.Job',
  defaultGarbageCollectionPolicy: 'orphan',
  deleteWarnings: ({ orphanDependents, propagationPolicy }) =>
    orphanDependents === undefined && propagationPolicy === undefined ? [orphanWarning] : [],
  subresources: [statusSubresource<Job>({ prepareForUpdate: takeTemplateLabels, validateUpdate: validateJobStatusUpdate })],
  selectableFields: { 'status.successful': (object) => String(object.status?.succeeded ?? 0) },
  unknownFieldMessage: (field) => `field label ${goQuote(field)} not supported for Job`,
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Status of the job.', cell: statusCell },
    { name: 'Completions', type: 'string', description: ['io.k8s.api.batch.v1.JobStatus', 'succeeded'], cell: completionsCell },
    {
      name: 'Duration',
      type: 'string',
      description: 'Time required to complete the job.',
      cell: (object, { now }) => durationCell(object, now),
    },
    ageColumn,
    ...containerColumns<Job>((object) => object.spec?.template?.spec?.containers, 1),
    selectorColumn<Job>(['io.k8s.api.batch.v1.JobSpec', 'selector'], (object) => object.spec?.selector),
  ],
  resetFields: [['status']],
  defaults,
  prepareForCreate(object, context) {
    if (!object.spec!.manualSelector) generateSelector(object);
    // A name that is too long for a label is reported once, of the template.
    if (Object.values(object.spec!.template.metadata?.labels ?? {}).every((value) => isLabelValue(value).length === 0)) {
      takeTemplateLabels(object);
    }
    common.prepareForCreate(object, context);
  },
  prepareForUpdate: common.prepareForUpdate,
  validate: (object) => validateJob(object),
  validateUpdate: validateJobUpdate,
  warnings(object, old) {
    if (!old) return [...podNameWarnings(object.metadata.name ?? ''), ...jobSpecWarnings(object.spec!, path)];
    return object.metadata.generation === old.metadata.generation ? [] : jobSpecWarnings(object.spec!, path);
  },
});
