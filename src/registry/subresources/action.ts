import type { ResourceDefinition } from '../../../api/define.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Authenticator, Authorizer, UserInfo } from '../../auth/types.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { ManagerContext } from '../../machinery/patch/apply/types.ts';
import type { Operation } from '../operation.ts';
import type { Registry } from '../registry.ts';
import type { ResourceStore } from '../resource-store.ts';
import type { TokenIssuer } from './token.ts';

export interface TokenReviewer {
  /** Undefined if the token is none of its own. @throws Error if it is and does not hold */
  review(token: string, audiences: readonly string[]): Promise<{ user: UserInfo; audiences: string[] } | undefined>;
}

/** What actions may use of the server. */
export interface ActionParts {
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly tokenIssuer: TokenIssuer;
  /** Knows tokens that are good for other audiences than the server. */
  readonly tokenReviewer?: TokenReviewer;
  readonly clock: Clock;
  /** What a write of the server itself is tracked with. */
  readonly managerOf: (definition: ResourceDefinition, manager: string, now: string) => ManagerContext;
}

/** One request to an action: the body is decoded, defaulted, and through mutating admission. */
export interface ActionCall {
  readonly parts: ActionParts;
  /** The resource of the path; its store unless the resource itself is an action. */
  readonly definition: ResourceDefinition;
  readonly store: ResourceStore | undefined;
  /** '' for a resource that is an action. */
  readonly name: string;
  readonly object: KubeObject;
  readonly operation: Operation;
  /** Runs validating admission. @throws ApiError */
  validate(): Promise<void>;
}

export interface ActionResult {
  readonly status: number;
  readonly object: KubeObject;
}

export type CreateAction = (call: ActionCall) => Promise<ActionResult>;

/** The plain "it is done" of actions that make nothing to show. */
export function success(): ActionResult {
  return { status: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}
