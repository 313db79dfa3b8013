import type { Job, JobStatus } from '../../../openapi/types.ts';
import { validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { internalForm } from '../../core/v1/internal-form.ts';
import { findCondition, isConditionTrue } from '../../meta/conditions.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { duplicate, type FieldError, FieldPath, invalid, required } from '../../meta/field.ts';
import { validateNonNegativeFields } from '../../meta/numbers.validation.ts';
import { parseTime } from '../../meta/timestamps.ts';
import { countIndexes, firstOverlap } from './job.indexes.ts';
import { invalidUnprinted } from './job.policies.validation.ts';

const path = FieldPath.of('status');
const conditionsPath = path.child('conditions');

const has = (status: JobStatus, type: string): boolean => isConditionTrue(status.conditions, type);
const isFinished = (status: JobStatus): boolean => has(status, 'Complete') || has(status, 'Failed');

/** Which parts of the status an update changes: old inconsistencies may stay. */
function changesOf(status: JobStatus, old: JobStatus) {
  const changed = (field: keyof JobStatus): boolean => !semanticEqual(status[field], old[field]);
  const turned = (type: string): boolean => has(status, type) !== has(old, type);
  return { changed, turned, finished: isFinished(status) !== isFinished(old) };
}

type Changes = ReturnType<typeof changesOf>;

function validateUncounted({ uncountedTerminatedPods: pods }: JobStatus): FieldError[] {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((list) =>
    (pods?.[list] ?? []).flatMap((uid, i) => {
      const at = path.child('uncountedTerminatedPods', list).index(i);
      if (uid === '') return [invalid(at, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(at, uid)];
      seen.add(uid);
      return [];
    }),
  );
}

function validateCompletion(status: JobStatus, { changed, turned }: Changes): FieldError[] {
  const errors: FieldError[] = [];
  const complete = has(status, 'Complete');
  const both = (type: string): void => {
    errors.push(invalidUnprinted(conditionsPath, `cannot set Complete=True and ${type}=true conditions`));
  };
  const at = path.child('completionTime');
  const { startTime, completionTime } = status;
  if ((turned('Complete') || turned('Failed')) && complete && has(status, 'Failed')) both('Failed');
  if ((turned('Complete') || turned('FailureTarget')) && complete && has(status, 'FailureTarget')) both('FailureTarget');
  if (turned('Complete') || changed('completionTime')) {
    if (completionTime && !complete) {
      errors.push(invalid(at, completionTime, 'cannot set completionTime when there is no Complete=True condition'));
    }
    if (!completionTime && complete) errors.push(required(at, 'completionTime is required for Complete jobs'));
  }
  if (
    (changed('startTime') || changed('completionTime')) &&
    startTime &&
    completionTime &&
    parseTime(completionTime) < parseTime(startTime)
  ) {
    errors.push(invalid(at, completionTime, 'must be equal to or after `startTime`'));
  }
  if ((turned('Failed') || changed('failedIndexes')) && has(status, 'Failed') && !has(status, 'FailureTarget')) {
    errors.push(invalidUnprinted(conditionsPath, 'cannot set Failed=True condition without the FailureTarget=true condition'));
  }
  if ((turned('Complete') || turned('SuccessCriteriaMet')) && complete && !has(status, 'SuccessCriteriaMet')) {
    errors.push(invalidUnprinted(conditionsPath, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition'));
  }
  return errors;
}

function validateFinished({ spec, status = {} }: Job, { changed, finished }: Changes): FieldError[] {
  if (!isFinished(status)) return [];
  const errors: FieldError[] = [];
  const { active = 0, uncountedTerminatedPods: pods } = status;
  if ((finished || changed('active')) && active > 0)
    errors.push(invalid(path.child('active'), active, 'active>0 is invalid for finished job'));
  const suspendedWithNothingToDo = spec?.suspend === true && spec.completions === 0;
  if ((finished || changed('startTime')) && !suspendedWithNothingToDo && !status.startTime) {
    errors.push(required(path.child('startTime'), 'startTime is required for finished job'));
  }
  if ((finished || changed('uncountedTerminatedPods')) && (pods?.failed ?? []).length + (pods?.succeeded ?? []).length > 0) {
    const printed = internalForm('UncountedTerminatedPods', pods);
    errors.push(invalid(path.child('uncountedTerminatedPods'), printed, 'must be empty for finished job'));
  }
  return errors;
}

function validateIndexes({ spec, status = {} }: Job, { changed }: Changes): FieldError[] {
  const errors: FieldError[] = [];
  const { completedIndexes = '', failedIndexes } = status;
  const { completions, backoffLimitPerIndex, completionMode } = spec ?? {};
  const parse = (field: 'completedIndexes' | 'failedIndexes', text: string): void => {
    try {
      countIndexes(text, completions!);
    } catch (error) {
      errors.push(invalid(path.child(field), text, `error parsing ${field}: ${(error as Error).message}`));
    }
  };
  const failedPath = path.child('failedIndexes');
  const completedChanged = changed('completedIndexes');
  const failedChanged = changed('failedIndexes');
  if (completedChanged && completions !== undefined) parse('completedIndexes', completedIndexes);
  if (failedChanged && completions !== undefined && backoffLimitPerIndex !== undefined && failedIndexes !== undefined) {
    parse('failedIndexes', failedIndexes);
  }
  if (completedChanged && completedIndexes !== '' && completionMode !== 'Indexed') {
    const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode';
    errors.push(invalid(path.child('completedIndexes'), completedIndexes, detail));
  }
  if (failedIndexes === undefined) return errors;
  if (failedChanged && backoffLimitPerIndex === undefined) {
    errors.push(invalid(failedPath, failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  }
  const overlap =
    completions === undefined || !(completedChanged || failedChanged)
      ? undefined
      : firstOverlap(completedIndexes, failedIndexes, completions);
  if (overlap !== undefined) {
    errors.push(invalid(failedPath, failedIndexes, `failedIndexes and completedIndexes overlap at index: ${overlap}`));
  }
  return errors;
}

function validateCounts(status: JobStatus, { changed, finished }: Changes): FieldError[] {
  const { terminating, ready, active = 0 } = status;
  const errors: FieldError[] = [];
  if ((finished || changed('terminating')) && (terminating ?? 0) > 0 && isFinished(status)) {
    errors.push(invalid(path.child('terminating'), terminating, 'terminating>0 is invalid for finished job'));
  }
  if ((changed('ready') || changed('active')) && ready !== undefined && ready > active) {
    errors.push(invalid(path.child('ready'), ready, 'cannot set more ready pods than active'));
  }
  return errors;
}

function validateSuccess({ spec, status = {} }: Job): FieldError[] {
  const met = has(status, 'SuccessCriteriaMet');
  const words: string[] = [];
  if (met && has(status, 'Failed')) words.push('cannot set SuccessCriteriaMet=True and Failed=true conditions');
  if (met && has(status, 'FailureTarget')) words.push('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  if (spec?.successPolicy && !met && has(status, 'Complete')) {
    words.push('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
  }
  return words.map((detail) => invalidUnprinted(conditionsPath, detail));
}

function validateTransition({ spec, status = {} }: Job, old: JobStatus, { changed }: Changes): FieldError[] {
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter((type) => has(old, type) && !has(status, type))
    .map((type) => invalidUnprinted(conditionsPath, `cannot disable the terminal ${type}=True condition`));
  const decreasing = (counter: 'failed' | 'succeeded'): void => {
    const value = status[counter] ?? 0;
    if (value < (old[counter] ?? 0)) errors.push(invalid(path.child(counter), value, `cannot decrease the ${counter} counter`));
  };
  decreasing('failed');
  if (spec?.completionMode !== 'Indexed' || spec.completions !== spec.parallelism) decreasing('succeeded');
  if (status.completionTime && old.completionTime && changed('completionTime')) {
    errors.push(invalid(path.child('completionTime'), status.completionTime, 'field is immutable'));
  }
  const resuming = has(old, 'Suspended') && findCondition(status.conditions, 'Suspended')?.status === 'False';
  if (old.startTime && changed('startTime') && !resuming && !spec?.suspend) {
    errors.push(invalid(path.child('startTime'), status.startTime ?? null, 'field is immutable for unsuspended job once set'));
  }
  if (has(old, 'SuccessCriteriaMet') && !has(status, 'SuccessCriteriaMet')) {
    errors.push(invalidUnprinted(conditionsPath, 'cannot disable the SuccessCriteriaMet=True condition'));
  }
  if (has(old, 'Complete') && !has(old, 'SuccessCriteriaMet') && has(status, 'SuccessCriteriaMet')) {
    const detail = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
    errors.push(invalidUnprinted(conditionsPath, detail));
  }
  return errors;
}

export function validateJobStatusUpdate(job: Job, old: Job): FieldError[] {
  const status = job.status ?? {};
  const before = old.status ?? {};
  const changes = changesOf(status, before);
  return [
    ...validateCoreMetaUpdate(job.metadata, old.metadata),
    ...validateNonNegativeFields(status, ['active', 'succeeded', 'failed', 'ready', 'terminating'], path),
    ...validateUncounted(status),
    ...validateCompletion(status, changes),
    ...validateFinished(job, changes),
    ...validateIndexes(job, changes),
    ...validateCounts(status, changes),
    ...validateSuccess(job),
    ...validateTransition(job, before, changes),
  ];
}
