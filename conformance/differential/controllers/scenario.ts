import type { Connection, Reply } from '../connection.ts';
import type { Observer } from './observer.ts';

/** One server, as a step of a scenario acts on it. */
export interface Stage {
  readonly connection: Connection;
  readonly observer: Observer;
  readonly namespace: string;
  /** Sends a request, where `<namespace>` and `<uid KIND/NAME>` in the body are replaced, and keeps the answer to be compared. */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<Reply>;
  /** Waits until nothing has changed in the namespace for a while. */
  calm(): Promise<void>;
}

/** What a user does, or what kubelets would report; the controllers' answer to it is waited for. */
export interface Step {
  readonly what: string;
  act(stage: Stage): Promise<void>;
  /** Seconds to wait at least: for a timer that runs from here. */
  readonly timer?: number;
}

/** Steps that are done on each server, in a namespace of its own. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Pods run by themselves, so that only the outcome is the same each time: numbers in events' messages are not compared. */
  readonly runs?: boolean;
}
