import { apiService } from '../../../api/apiregistration.k8s.io/v1/apiservice.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import type { APIService } from '../../../openapi/types.ts';
import { type Clock, formatTime } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { ApiError } from '../../registry/errors.ts';
import type { Registry } from '../../registry/registry.ts';
import { servicePriorities } from '../discovery/priorities.ts';
import type { ApiServiceSet } from './api-service-set.ts';

export interface ApiServicesParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly services: ApiServiceSet;
}

const managedLabel = 'kube-aggregator.kubernetes.io/automanaged';
const retryMs = 1000;

/**
 * Keeps an APIService for each group and version that this server serves itself: those of built-in kinds are made when they are missing, those of custom
 * kinds come and go with them. What users make of them otherwise is left alone.
 */
export class ApiServices {
  private readonly parts: ApiServicesParts;
  private working = false;
  private again = false;
  private signal: AbortSignal = new AbortController().signal;

  constructor(parts: ApiServicesParts) {
    this.parts = parts;
  }

  /** Follows what is served until the signal is aborted. */
  start(signal: AbortSignal): void {
    this.signal = signal;
    const unsubscribe = this.parts.registry.subscribe(() => this.sync());
    signal.addEventListener('abort', unsubscribe, { once: true });
    this.parts.services.subscribe(() => this.sync());
    this.sync();
  }

  private get services() {
    return this.parts.services.client;
  }

  private get known() {
    return this.parts.services.known;
  }

  /** Compares what there is with what there should be, once at a time. */
  private sync(): void {
    this.again = true;
    if (this.working) return;
    this.working = true;
    void this.work();
  }

  private async work(): Promise<void> {
    const { clock, logger } = this.parts;
    while (this.again && !this.signal.aborted) {
      this.again = false;
      try {
        await this.syncOnce();
      } catch (error) {
        if (this.signal.aborted) break;
        logger.warn({ error }, 'an APIService cannot be written for now');
        clock.timer(retryMs, () => this.sync(), { background: true });
      }
    }
    this.working = false;
  }

  private async syncOnce(): Promise<void> {
    const wanted = new Set<string>();
    const missing: ResourceDefinition[] = [];
    for (const definition of this.parts.registry.definitions()) {
      if (definition.group === apiService.group) continue;
      const name = nameOf(definition);
      if (!wanted.has(name) && !this.known.has(name)) missing.push(definition);
      wanted.add(name);
    }
    await Promise.all(missing.map((definition) => this.write(this.services.create('', serviceOf(definition)))));
    for (const [name, { metadata, spec, status }] of [...this.known]) {
      const isCustom = metadata!.labels?.[managedLabel] === 'true';
      if (isCustom && !wanted.has(name) && !metadata!.deletionTimestamp) await this.remove(name, metadata!.uid!);
      else if (!spec?.service && !status?.conditions?.some(({ reason }) => reason === 'Local')) await this.declareAvailable(name);
    }
  }

  private async declareAvailable(name: string): Promise<void> {
    const condition = {
      type: 'Available',
      status: 'True',
      lastTransitionTime: formatTime(this.parts.clock.now()),
      reason: 'Local',
      message: 'Local APIServices are always available',
    };
    const found = this.known.get(name);
    if (!found) return;
    await this.write(this.services.update('', { ...found, status: { conditions: [condition] } }, { subresource: 'status' }));
  }

  private async write(writing: Promise<APIService>): Promise<void> {
    try {
      const written = await writing;
      this.parts.services.set(written);
    } catch (error) {
      // Somebody else was quicker, and the watch tells what came of it.
      if (!(error instanceof ApiError && (error.code === 409 || error.code === 404))) throw error;
    }
  }

  private async remove(name: string, uid: string): Promise<void> {
    try {
      await this.services.delete('', name, { preconditions: { uid } });
      this.parts.services.remove(name);
    } catch (error) {
      if (!(error instanceof ApiError && (error.code === 409 || error.code === 404))) throw error;
    }
  }
}

function nameOf({ group, version }: ResourceDefinition): string {
  return `${version}.${group}`;
}

function serviceOf(definition: ResourceDefinition): APIService {
  const { group, version, documentation } = definition;
  const { groupPriorityMinimum, versionPriority } = servicePriorities(group, version);
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: nameOf(definition), labels: { [managedLabel]: documentation ? 'true' : 'onstart' } },
    spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
  };
}
