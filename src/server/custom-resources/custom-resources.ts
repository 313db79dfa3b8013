import { cleanupFinalizer, customResourceDefinition } from '../../../api/apiextensions.k8s.io/v1/customresourcedefinition.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import { isConditionTrue } from '../../../api/meta/conditions.ts';
import { sameJson } from '../../../api/meta/json.ts';
import type { SchemaSource } from '../../../openapi/schema.ts';
import type { CustomResourceDefinition } from '../../../openapi/types.ts';
import type { Client } from '../../client/client.ts';
import { type Following, followResource } from '../../client/follow.ts';
import { type Clock, formatTime } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { ApiError } from '../../registry/errors.ts';
import type { Registry } from '../../registry/registry.ts';
import { withApproval } from './approval.ts';
import { deleteInstances } from './cleanup.ts';
import { withCondition } from './conditions.ts';
import type { ConversionWebhookParts } from './conversion-webhook.ts';
import { customVersions, isServed, isTerminating } from './definitions.ts';
import { withAcceptedNames, withEstablished } from './names.ts';

export interface CustomResourcesParts {
  readonly registry: Registry;
  readonly schemas: SchemaSource;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the API server itself; its user agent is `kube-apiserver`. */
  readonly client: Client;
  readonly webhooks: ConversionWebhookParts;
}

interface Known {
  readonly crd: CustomResourceDefinition;
  /** What of the definition its kinds are made of. */
  readonly form: string;
  readonly definitions: readonly ResourceDefinition[];
}

const retryMs = 500;
/** So many definitions are worked on at one time: their writes are committed together. */
const atOneTime = 50;

/**
 * Serves the kinds of CustomResourceDefinitions: follows them, gives them names, establishes them, and deletes what they hold when they go. All of it is
 * level-triggered: several API servers may do it at once, compare-and-set decides.
 */
export class CustomResources {
  private readonly parts: CustomResourcesParts;
  private readonly known = new Map<string, Known>();
  /** Names of definitions by their group. */
  private readonly groups = new Map<string, Set<string>>();
  /** What is to be worked on, and what is: a name that is in both comes again. */
  private readonly waiting = new Set<string>();
  private readonly working = new Set<string>();
  /** States that are being written: what they say of names is decided already. */
  private readonly deciding = new Map<string, CustomResourceDefinition>();
  private readonly cleaning = new Set<string>();
  private signal: AbortSignal = new AbortController().signal;

  constructor(parts: CustomResourcesParts) {
    this.parts = parts;
  }

  /** Serves what is defined now, and follows the definitions until the signal is aborted. */
  async start(signal: AbortSignal): Promise<void> {
    this.signal = signal;
    const { clock, logger } = this.parts;
    const { items, metadata } = await this.definitions.list('');
    this.takeAll(items);
    const following: Following<CustomResourceDefinition> = {
      replace: (present) => this.takeAll(present),
      changed: (crd) => this.take(crd),
      deleted: (crd) => this.forget(crd.metadata!.name!, crd),
    };
    const failed = (error: unknown) => logger.warn({ error }, 'custom resource definitions cannot be followed for now');
    const { resourceVersion } = metadata;
    void followResource(this.definitions, following, { clock, signal, retryMs, failed, resourceVersion });
  }

  private get definitions() {
    return this.parts.client.resource<CustomResourceDefinition>(customResourceDefinition);
  }

  private takeAll(items: readonly CustomResourceDefinition[]): void {
    const present = new Set(items.map((item) => item.metadata!.name!));
    for (const name of this.known.keys()) if (!present.has(name)) this.forget(name);
    for (const item of items) this.take(item);
  }

  /** A state of a definition: served at once if it may be, then worked on. Older ones than what is known are passed over. */
  private take(crd: CustomResourceDefinition): void {
    const name = crd.metadata!.name!;
    const before = this.known.get(name);
    if (before && before.crd.metadata!.uid === crd.metadata!.uid && revisionOf(crd) <= revisionOf(before.crd)) return;
    this.serve(name, crd, before);
    this.enqueue(name);
  }

  private serve(name: string, crd: CustomResourceDefinition, before: Known | undefined): void {
    const { schemas, webhooks } = this.parts;
    const form = formOf(crd);
    if (before?.form === form) {
      this.known.set(name, { ...before, crd });
      return;
    }
    const { group } = crd.spec;
    const ofGroup = this.groups.get(group);
    if (ofGroup) ofGroup.add(name);
    else this.groups.set(group, new Set([name]));
    const definitions = isServed(crd)
      ? customVersions(crd, schemas, webhooks).flatMap(({ served, definition }) => (served ? [definition] : []))
      : [];
    this.known.set(name, { crd, form, definitions });
    this.replace(before?.definitions ?? [], definitions, before !== undefined && isServedAlike(before.crd, crd));
  }

  /** Requests see the old definitions or the new ones, never neither. @param watchesGoOn whether watches of the old ones see what comes */
  private replace(before: readonly ResourceDefinition[], after: readonly ResourceDefinition[], watchesGoOn = false): void {
    const { registry, logger } = this.parts;
    const removals = before.map((definition) => registry.remove(definition, { keepsCache: watchesGoOn && after.length > 0 }));
    for (const definition of after) registry.add(definition);
    Promise.all(removals).catch((error) => logger.error({ error }, 'the cache of a custom resource could not be closed'));
  }

  private forget(name: string, crd?: CustomResourceDefinition): void {
    const before = this.known.get(name);
    if (!before || (crd && before.crd.metadata!.uid !== crd.metadata!.uid)) return;
    const { group } = before.crd.spec;
    this.known.delete(name);
    this.groups.get(group)?.delete(name);
    if (this.groups.get(group)?.size === 0) this.groups.delete(group);
    this.replace(before.definitions, []);
    this.enqueueGroup(group);
  }

  /** Names may have become free. */
  private enqueueGroup(group: string): void {
    for (const name of this.groups.get(group) ?? []) {
      if (!isConditionTrue(this.known.get(name)!.crd.status?.conditions, 'NamesAccepted')) this.enqueue(name);
    }
  }

  private enqueue(name: string): void {
    this.waiting.add(name);
    this.startWork();
  }

  private startWork(): void {
    for (const name of this.waiting) {
      if (this.signal.aborted || this.working.size >= atOneTime) return;
      if (this.working.has(name)) continue;
      this.waiting.delete(name);
      this.working.add(name);
      void this.work(name);
    }
  }

  private async work(name: string): Promise<void> {
    const { logger, clock } = this.parts;
    try {
      await this.reconcile(name);
    } catch (error) {
      if (!this.signal.aborted) {
        logger.warn({ error, name }, 'the status of a custom resource definition cannot be written for now');
        clock.timer(retryMs, () => this.enqueue(name), { background: true });
      }
    }
    this.working.delete(name);
    this.startWork();
  }

  private async reconcile(name: string): Promise<void> {
    const now = formatTime(this.parts.clock.now());
    const crd = this.known.get(name)?.crd;
    if (!crd) return;
    if (crd.metadata!.deletionTimestamp && crd.metadata!.finalizers?.includes(cleanupFinalizer)) void this.cleanUp(name);
    const approved = withApproval(crd, now) ?? crd;
    const named = withAcceptedNames(approved, this.newest(crd.spec.group), now);
    if (named) return this.writeNames(named);
    if (approved !== crd) return void (await this.write(approved));
    const established = withEstablished(crd, now);
    if (established) await this.write(established);
  }

  /** The definitions of a group, with the names that they get. */
  private *newest(group: string): Iterable<CustomResourceDefinition> {
    for (const name of this.groups.get(group) ?? []) yield this.deciding.get(name) ?? this.known.get(name)!.crd;
  }

  // Definitions of a group compete for names: a decision counts before it is written, and whoever lost against it is asked again if it is not.
  private async writeNames(named: CustomResourceDefinition): Promise<void> {
    const name = named.metadata!.name!;
    this.deciding.set(name, named);
    try {
      await this.write(named);
    } finally {
      this.deciding.delete(name);
      this.enqueueGroup(named.spec.group);
    }
  }

  /** Writes a definition's status; undefined if it has changed meanwhile, as it comes again then. */
  private async write(crd: CustomResourceDefinition): Promise<CustomResourceDefinition | undefined> {
    try {
      // What a status write cannot change need not be read again.
      const { spec: _, ...unspecified } = crd;
      const written = await this.definitions.update('', unspecified as CustomResourceDefinition, { subresource: 'status' });
      // What has gone with the write, or since, must not come back.
      if (this.known.has(crd.metadata!.name!) && !isGone(written)) this.take(written);
      return written;
    } catch (error) {
      if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return undefined;
      throw error;
    }
  }

  /** Deletes the objects of a definition that goes, and lets it go after them. */
  private async cleanUp(name: string): Promise<void> {
    if (this.cleaning.has(name)) return;
    this.cleaning.add(name);
    const { clock, logger } = this.parts;
    try {
      while (!this.signal.aborted && !(await this.cleanUpOnce(name))) await clock.sleep(retryMs, this.signal);
    } catch (error) {
      if (!this.signal.aborted) logger.error({ error, name }, 'a custom resource definition cannot be cleaned up');
    } finally {
      this.cleaning.delete(name);
    }
  }

  /** @returns whether nothing is left to do */
  private async cleanUpOnce(name: string): Promise<boolean> {
    const { registry, schemas, clock, webhooks } = this.parts;
    const found = this.known.get(name)?.crd;
    if (!found?.metadata?.deletionTimestamp || !found.metadata.finalizers?.includes(cleanupFinalizer)) return true;
    const terminating = (crd: CustomResourceDefinition, status: string, reason: string, message: string): CustomResourceDefinition =>
      withCondition(crd, { type: 'Terminating', status, reason, message }, formatTime(clock.now()));
    const begun = await this.write(terminating(found, 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'));
    if (!begun) return false;
    let last: CustomResourceDefinition;
    if (isConditionTrue(begun.status?.conditions, 'Established')) {
      const [first] = this.known.get(name)?.definitions ?? [];
      const definition = first ?? customVersions(begun, schemas, webhooks)[0]!.definition;
      try {
        await deleteInstances(registry, definition, this.signal);
      } catch (error) {
        if (this.signal.aborted) throw error;
        const message = `could not issue all deletes: ${(error as Error).message}`;
        await this.write(terminating(this.known.get(name)?.crd ?? begun, 'True', 'InstanceDeletionFailed', message));
        return false;
      }
      last = terminating(this.known.get(name)?.crd ?? begun, 'False', 'InstanceDeletionCompleted', 'removed all instances');
    } else last = terminating(begun, 'False', 'NeverEstablished', 'resource was never established');
    const finalizers = last.metadata!.finalizers!.filter((finalizer) => finalizer !== cleanupFinalizer);
    const { finalizers: _, ...metadata } = last.metadata!;
    return (await this.write({ ...last, metadata: { ...metadata, ...(finalizers.length > 0 ? { finalizers } : {}) } })) !== undefined;
  }
}

function isGone({ metadata }: CustomResourceDefinition): boolean {
  return Boolean(metadata!.deletionTimestamp) && !metadata!.finalizers?.length;
}

function revisionOf({ metadata }: CustomResourceDefinition): number {
  return Number(metadata!.resourceVersion);
}

/** Only what it is asked for may differ, not how its objects are read. */
function isServedAlike(before: CustomResourceDefinition, after: CustomResourceDefinition): boolean {
  return sameJson(
    [before.metadata!.uid, before.spec, before.status?.acceptedNames],
    [after.metadata!.uid, after.spec, after.status?.acceptedNames],
  );
}

/** Two states of a definition with the same form serve the same kinds. */
function formOf(crd: CustomResourceDefinition): string {
  const { metadata, status } = crd;
  const terminating = isConditionTrue(status?.conditions, 'Terminating');
  return JSON.stringify([metadata!.uid, metadata!.generation, isServed(crd), isTerminating(crd), terminating, status?.acceptedNames]);
}
