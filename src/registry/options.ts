import { type FieldError, FieldPath, invalid, notSupported } from '../../api/meta/field.ts';
import { invalid as invalidError } from './errors.ts';

/** Options of list and watch, as the query gives them. */
export interface ListOptions {
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  /** '' for none. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly timeoutSeconds: number | undefined;
  /** 0 for none. */
  readonly limit: number;
  readonly continue: string;
  readonly sendInitialEvents: boolean | undefined;
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** A list of everything. */
export const defaultListOptions: ListOptions = Object.freeze({
  watch: false,
  allowWatchBookmarks: false,
  resourceVersion: '',
  resourceVersionMatch: '',
  timeoutSeconds: undefined,
  limit: 0,
  continue: '',
  sendInitialEvents: undefined,
  labelSelector: '',
  fieldSelector: '',
});

/** metav1.DeleteOptions as they are sent. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: Preconditions;
  readonly orphanDependents?: boolean;
  readonly propagationPolicy?: string;
  readonly dryRun?: readonly string[];
}

export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export function validateDryRun(dryRun: readonly string[]): FieldError[] {
  return dryRun.every((value) => value === 'All') ? [] : [notSupported('dryRun', dryRun, ['All'])];
}

const policies = ['Foreground', 'Background', 'Orphan', 'nil'];

/** @throws ApiError 422 for options that do not hold */
export function validateDeleteOptions(options: DeleteOptions): void {
  const errors: FieldError[] = [];
  const path = FieldPath.of('propagationPolicy');
  const policy = options.propagationPolicy;
  if (policy !== undefined) {
    if (options.orphanDependents !== undefined) {
      errors.push(invalid(path, policy, 'orphanDependents and deletionPropagation cannot be both set'));
    }
    if (!policies.slice(0, 3).includes(policy)) errors.push(notSupported(path, policy, policies));
  }
  if (options.dryRun) errors.push(...validateDryRun(options.dryRun));
  if (errors.length > 0) throw invalidError({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
}
