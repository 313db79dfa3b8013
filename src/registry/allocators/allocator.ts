import type { KubeObject } from '../../../api/meta/object.ts';

/**
 * Gives objects values of which the cluster has each only once. Called around a write: `begin` before validation, with the object that is about to be
 * written (which it fills in), then the returned step with how the write ended.
 */
export interface Allocator {
  readonly name: string;
  /**
   * @param old what is stored, for an update
   * @throws ApiError 422 for a value that is taken or cannot be had
   */
  begin(object: KubeObject, old: KubeObject | undefined, dryRun: boolean): Promise<Allocation>;
  /** Gives back what a deleted object held. */
  release(object: KubeObject): Promise<void>;
}

/** What was allocated for one write. Exactly one of the two is called. */
export interface Allocation {
  /** The write happened: gives back what the object no longer holds. */
  commit(): Promise<void>;
  /** It did not: gives back what was taken for it. */
  rollback(): Promise<void>;
}

export const noAllocation: Allocation = { commit: async () => {}, rollback: async () => {} };
