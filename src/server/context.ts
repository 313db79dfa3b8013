import type { KubeObject } from '../../api/meta/object.ts';
import type { UserInfo } from '../auth/types.ts';
import type { Histogram } from '../machinery/histogram.ts';
import type { AuditRecord } from './audit/record.ts';

/** What a URL and method ask for, parsed once. Empty strings stand for absent parts. */
export interface RequestInfo {
  readonly path: string;
  readonly isResourceRequest: boolean;
  /** get, list, watch, create, update, patch, delete, deletecollection; the lower-case method for non-resource requests. */
  readonly verb: string;
  readonly apiPrefix: '' | 'api' | 'apis';
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  /** The path has a place for the namespace that names none (`namespaces//pods`), as clients write that were given no name. */
  readonly emptyNamespace?: boolean;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Path segments after the resource's name and subresource (proxy paths). */
  readonly rest: readonly string[];
}

/** The request as the chain sees it, from the network or from an in-process client. */
export interface ApiRequest {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query as the client sent them; absent for in-process clients. */
  readonly target?: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Reads the body, at most `limit` bytes. @throws ApiError 413 when there are more */
  readBody(limit: number): Promise<Buffer>;
  /** The body as it comes, if there is one, for those who pass it on. Absent for in-process clients. */
  openBody?(): import('node:stream').Readable | undefined;
  /** An in-process client's body, already decoded; the handler may keep and change it. */
  readonly object?: KubeObject;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** One request on its way through the chain: each stage reads what those before it put here. */
export interface RequestContext {
  readonly request: ApiRequest;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly auditId: string;
  /** Absent where nothing of the request is recorded. */
  readonly audit: AuditRecord | undefined;
  info: RequestInfo;
  user: UserInfo;
  /** Where the size of what was sent is noted, in bytes; absent where nobody asks. */
  readonly bodySizes: Histogram | undefined;
  /** Called when a watch has told the present state; absent where nobody asks. */
  readonly stateTold: (() => void) | undefined;
  /** Milliseconds that it waited in a queue or for webhooks. */
  waitedFor: number;
  /** Texts of `Warning: 299 - "…"` headers, in order, each once. */
  readonly warnings: string[];
  /** Aborted at the deadline or when the client goes away. */
  signal: AbortSignal;
}
