import { type Condition, findCondition } from '../../../api/meta/conditions.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import type { Client, ResourceReference } from '../../client/client.ts';
import { type Clock, formatTime } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import { ApiError } from '../../registry/errors.ts';

const manager = { fieldManager: 'api-priority-and-fairness-config-consumer-v1', force: true, subresource: 'status' };

/** After a write has failed, the next attempt begins so much later. */
const retryMs = 1000;

/** Tells of each FlowSchema whether the priority level that it names is there: the condition `Dangling`. */
export class FlowSchemaStatus {
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly schemas: ReadonlyMap<string, KubeObject>;
  private readonly levels: ReadonlyMap<string, KubeObject>;
  private readonly writing = new Set<string>();

  /** @param schemas the cluster's FlowSchemas by name, kept up to date by their owner; @param levels its PriorityLevelConfigurations */
  constructor(clock: Clock, logger: Logger, schemas: ReadonlyMap<string, KubeObject>, levels: ReadonlyMap<string, KubeObject>) {
    this.clock = clock;
    this.logger = logger;
    this.schemas = schemas;
    this.levels = levels;
  }

  /** Writes the conditions that do not say what is so; called when either kind has changed. */
  update(client: Client, resource: ResourceReference, signal: AbortSignal): void {
    for (const [name, schema] of this.schemas) {
      const wanted = this.condition(schema);
      if (this.writing.has(name) || says(schema, wanted)) continue;
      this.writing.add(name);
      void this.write(client, resource, name, wanted, signal);
    }
  }

  private condition(schema: KubeObject): Condition {
    const name: string = schema['spec'].priorityLevelConfiguration.name;
    const found = this.levels.has(name);
    return {
      type: 'Dangling',
      status: found ? 'False' : 'True',
      reason: found ? 'Found' : 'NotFound',
      message: `This FlowSchema references the PriorityLevelConfiguration object named ${goQuote(name)} ${found ? 'and it exists' : 'but there is no such object'}`,
    };
  }

  private async write(client: Client, resource: ResourceReference, name: string, wanted: Condition, signal: AbortSignal): Promise<void> {
    const { group, version, kind } = resource;
    const conditions = [{ ...wanted, lastTransitionTime: formatTime(this.clock.now()) }];
    const body = { apiVersion: `${group}/${version}`, kind, metadata: { name }, status: { conditions } };
    try {
      await client.resource(resource).patch('', name, 'application/apply-patch+yaml', body, manager);
    } catch (error) {
      // Gone meanwhile, or the server is stopping.
      if (!signal.aborted && !(error instanceof ApiError && error.code === 404)) {
        this.logger.warn({ error, name }, 'the condition of a FlowSchema cannot be written for now');
        this.clock.timer(retryMs, () => this.update(client, resource, signal), { background: true });
      }
    } finally {
      this.writing.delete(name);
    }
    // What changed during the write was passed over.
    const schema = this.schemas.get(name);
    if (schema && this.condition(schema).message !== wanted.message) this.update(client, resource, signal);
  }
}

function says(schema: KubeObject, { type, status, message }: Condition): boolean {
  const present = findCondition<Condition>(schema['status']?.conditions, type);
  return present?.status === status && present.message === message;
}
