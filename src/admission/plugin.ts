import type { ResourceDefinition } from '../../api/define.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { UserInfo } from '../auth/types.ts';

/** Notes something in a request's audit event; the first value of a key stays. @param level `Request`: only where what was sent is recorded, too */
export type Annotate = (key: string, value: string, level?: 'Request') => void;

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A request as admission sees it, with the kind's definition (never a list of names to compare with). */
export interface AdmissionAttributes {
  readonly definition: ResourceDefinition;
  readonly operation: AdmissionOperation;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** What would be stored (or the options object of a subresource such as Binding or Eviction); absent on DELETE. `mutate` may replace it. */
  object: KubeObject | undefined;
  /** What is stored; absent on CREATE. Shared: never changed. */
  readonly old: KubeObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  readonly options: KubeObject | undefined;
  /** The verb of a request that writes an object; an apply or a replacement may create one. */
  readonly requestVerb?: string | undefined;
  /** Adds a Warning header. */
  warn(text: string): void;
  /** Notes something in the request's audit event; absent where it has none. */
  readonly annotate?: Annotate | undefined;
  /** Notes that the request has waited for others, which is not the server's own time. */
  readonly waited?: ((milliseconds: number) => void) | undefined;
}

/**
 * One request's way through the mutating plugins: a second round follows the first if a plugin asked for it, so that those which ran before a change
 * see it. What a plugin has to remember of the first round it keeps here.
 */
export interface Reinvocation {
  readonly isSecond: boolean;
  /** Asks for a second round; there is no third. */
  request(): void;
  stateOf<T>(plugin: string, make: () => T): T;
}

/** A plugin refuses by throwing an ApiError (registry/errors.ts, mostly `forbidden`). It has no lasting effect unless it says so. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Whether the plugin has to do with such a request at all; asked first, as a call that may have to wait costs every request. Absent: with any. */
  concerns?(attributes: AdmissionAttributes): boolean;
  /** Changes `attributes.object`, or puts another object in its place. */
  mutate?(attributes: AdmissionAttributes, reinvocation: Reinvocation): Promise<void> | void;
  validate?(attributes: AdmissionAttributes): Promise<void> | void;
}
