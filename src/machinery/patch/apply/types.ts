import type { KubeObject } from '../../../../api/meta/object.ts';
import type { Schema } from '../../../../openapi/schema.ts';

/** What tracking and applying need to know of the kind and the request. */
export interface ManagerContext {
  /** The whole object's schema (always of the resource itself, also for its subresources). */
  readonly schema: Schema;
  /** The request's version, such as `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The field manager: its name, already taken from fieldManager or the user agent (see `managerName`). */
  readonly manager: string;
  /** '' for the resource itself. */
  readonly subresource: string;
  /** Now, RFC 3339 with seconds, UTC. */
  readonly now: string;
  /** Paths that this endpoint ignores: the definition's `resetFields`, such as `[['status']]`. */
  readonly resetFields?: readonly (readonly string[])[] | undefined;
  /** Other served versions of the resource. Absent: entries of managedFields with another version are dropped. */
  readonly versions?: VersionConverter | undefined;
  /** The object is of a built-in kind: an absent object is the empty Go struct (its non-pointer structs are there). Default true. */
  readonly typed?: boolean | undefined;
}

export interface VersionConverter {
  /** The schema of that version, or undefined if it is not served any more. @throws PatchError where the kind cannot be converted to it (custom kinds) */
  schema(apiVersion: string): Schema | undefined;
  /** Whether the endpoint ignores its paths in that version as well. */
  ignores(apiVersion: string): boolean;
  /** @param object in the request's version; the result may share parts of it */
  convert(object: KubeObject, apiVersion: string): KubeObject;
  /** Back from that version to the request's. */
  convertBack(object: KubeObject, apiVersion: string): KubeObject;
}

export interface ApplyInput extends ManagerContext {
  /** What is stored, in the request's version; absent when the apply creates. Never changed. */
  readonly live: KubeObject | undefined;
  /** The client's configuration as it was sent (parsed, not defaulted). Never changed. */
  readonly applied: KubeObject;
  readonly force: boolean;
}
