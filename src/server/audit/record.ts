import { isIP } from 'node:net';
import { goJson } from '../../../api/meta/go-json.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Schema } from '../../../openapi/schema.ts';
import type { Clock } from '../../machinery/clock.ts';
import { formatMicroTime } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { inGoOrder } from '../../machinery/schema/key-order.ts';
import type { ServerContext } from '../request-context.ts';
import type { AuditStats } from './audit-stats.ts';
import {
  compacted,
  completeReference,
  type ObjectReference,
  type ResponseStatus,
  referenceOf,
  referenceText,
  sourceAddresses,
  userText,
  withoutManagedFields,
} from './event.ts';
import type { AuditStage, Ruling } from './policy.ts';

/** Where events go, one line of JSON each. */
export interface AuditSink {
  write(line: string): void;
}

const longestUserAgent = 1024;
/** Requests of parts of this process come from this machine. */
const ownAddress = '127.0.0.1';

/** What is recorded of one request on its way; stages and handlers add to it. */
export class AuditRecord {
  readonly ruling: Ruling;
  private readonly context: ServerContext;
  private readonly sink: AuditSink;
  private readonly stats: AuditStats;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly reference: ObjectReference | undefined;
  private readonly annotations = new Map<string, string>();
  private readonly user: string;
  private readonly request: string;
  private requestObject: string | undefined;
  private responseObject: string | undefined;
  private status: ResponseStatus | undefined;

  constructor(
    context: ServerContext,
    ruling: Ruling,
    { sink, stats, clock, logger }: { sink: AuditSink; stats: AuditStats; clock: Clock; logger: Logger },
  ) {
    this.context = context;
    this.ruling = ruling;
    this.sink = sink;
    this.stats = stats;
    this.clock = clock;
    this.logger = logger;
    this.reference = referenceOf(context.info);
    this.user = userText(context.user);
    const { request, info } = context;
    const { path, query } = request;
    const target = request.target ?? (query.size > 0 ? `${path}?${query}` : path);
    this.request = `"requestURI":${goJson(target)},"verb":${goJson(info.verb)}`;
  }

  get recordsRequests(): boolean {
    return this.ruling.level === 'Request' || this.ruling.level === 'RequestResponse';
  }

  get recordsResponses(): boolean {
    return this.ruling.level === 'RequestResponse';
  }

  /** The first value stays. */
  annotate(key: string, value: string, level?: 'Request'): void {
    if (level === 'Request' && !this.recordsRequests) return;
    const known = this.annotations.get(key);
    if (known === undefined) this.annotations.set(key, value);
    else if (known !== value) this.logger.warn({ key, value, known, auditId: this.context.auditId }, 'an audit annotation was set twice');
  }

  /** The object of a create or update as it was decoded, in the order of its schema. */
  noteObject(object: KubeObject, schema: Schema): void {
    if (this.reference) completeReference(this.reference, object);
    if (!this.recordsRequests) return;
    const json = jsonText(inGoOrder(object, schema));
    this.requestObject = this.ruling.omitManagedFields ? withoutManagedFields(json) : json;
  }

  /** A patch as it was sent. */
  notePatch(patch: string): void {
    if (this.recordsRequests) this.requestObject = patch;
  }

  noteOptions(options: object): void {
    if (this.recordsRequests) this.requestObject = jsonText(options);
  }

  /** @param response what was answered, as JSON, if that is recorded */
  noteResponse(status: ResponseStatus, response?: string): void {
    this.status = status;
    if (response !== undefined) this.responseObject = this.ruling.omitManagedFields ? withoutManagedFields(response) : response;
  }

  /** Writes an event unless the policy leaves this stage out. */
  write(stage: AuditStage): void {
    if (this.ruling.omitStages.has(stage)) return;
    try {
      this.sink.write(this.text(stage));
      this.stats.recorded();
    } catch (error) {
      // A patch in YAML: kube-apiserver cannot write such an event either.
      if (!(error instanceof SyntaxError)) throw error;
      this.logger.error({ err: error, auditId: this.context.auditId }, 'an audit event cannot be written');
    }
  }

  private text(stage: AuditStage): string {
    const { context, status, requestObject, responseObject, annotations } = this;
    const { headers } = context.request;
    const agent = headers['user-agent'] ?? '';
    const received = formatMicroTime(context.receivedAt);
    const fields = [
      `"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"${this.ruling.level}","auditID":${goJson(context.auditId)},"stage":"${stage}"`,
      this.request,
      `"user":${this.user}`,
    ];
    if (context.requester) fields.push(`"impersonatedUser":${userText(context.user)}`);
    if (context.impersonationConstraint)
      fields.push(`"authenticationMetadata":${goJson({ impersonationConstraint: context.impersonationConstraint })}`);
    const addresses = sourceAddresses(headers, context.connection?.remoteAddress ?? ownAddress, (text) => isIP(text) > 0);
    if (addresses.length > 0) fields.push(`"sourceIPs":${goJson(addresses)}`);
    if (agent !== '')
      fields.push(`"userAgent":${goJson(agent.length > longestUserAgent ? `${agent.slice(0, longestUserAgent)}...TRUNCATED` : agent)}`);
    if (this.reference) fields.push(`"objectRef":${referenceText(this.reference)}`);
    if (status) fields.push(`"responseStatus":${goJson(status)}`);
    if (requestObject !== undefined) fields.push(`"requestObject":${compacted(requestObject)}`);
    if (responseObject !== undefined) fields.push(`"responseObject":${compacted(responseObject)}`);
    const now = stage === 'RequestReceived' ? received : formatMicroTime(this.clock.now());
    fields.push(`"requestReceivedTimestamp":"${received}","stageTimestamp":"${now}"`);
    if (annotations.size > 0) fields.push(`"annotations":${goJson(Object.fromEntries([...annotations].sort(byKey)))}`);
    return `{${fields.join(',')}}`;
  }
}

function byKey([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}
