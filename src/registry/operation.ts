import type { StrategyContext } from '../../api/define.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { UserInfo } from '../auth/types.ts';
import type { StoredObject } from '../storage/stored-object.ts';

/** What the registry has to know of the request that it works for. */
export interface Operation {
  readonly user: UserInfo;
  /** '' for cluster-scoped resources. */
  readonly namespace: string;
  /** What admission hears instead: a Namespace is in itself, if its name is known by then. */
  readonly admissionNamespace?: string | undefined;
  /** '' for the resource itself. */
  readonly subresource: string;
  /** The verb of the request, for authorizers that are asked about more. */
  readonly requestVerb?: string;
  readonly dryRun: boolean;
  /** Server-side apply, whose managedFields are never dropped. */
  readonly isApply?: boolean;
  /** See `StrategyContext`; known once the object that is written is. */
  readonly wholeFloats?: () => ReadonlySet<string> | undefined;
  /** One of the objects that a deletecollection deletes: admission hears no name. */
  readonly ofCollection?: boolean;
  /** What admission sees instead of the stored object, where requests see another kind (Scale). */
  readonly view?: ((object: KubeObject) => KubeObject) | undefined;
  /** CreateOptions, UpdateOptions or DeleteOptions, for admission. */
  readonly options: KubeObject | undefined;
  /** Adds a Warning header, once for each text. */
  warn(text: string): void;
  /** Notes something in the request's audit event; absent where it has none. */
  readonly annotate?: ((key: string, value: string, level?: 'Request') => void) | undefined;
  /** Notes that the request has waited for others, which is not the server's own time. */
  readonly waited?: (milliseconds: number) => void;
}

/** The namespace that admission hears of. */
export function admissionNamespace(operation: Operation): string {
  return operation.admissionNamespace ?? operation.namespace;
}

/** What a write came to: `stored` if it was written (or nothing had to be), `object` for what is only shown (dry run, Status). */
export type Written =
  | { readonly stored: StoredObject; readonly object?: undefined; readonly created: boolean }
  | { readonly stored?: undefined; readonly object: KubeObject; readonly created: boolean };

export type { StrategyContext };

/** The options of an update or apply that creates, as admission is told them. */
export function asCreateOptions(options: KubeObject | undefined): KubeObject | undefined {
  return options && { ...options, kind: 'CreateOptions' };
}
