import { mandatoryLevels, mandatorySchemas } from '../../../api/flowcontrol.apiserver.k8s.io/v1/mandatory.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { autoUpdateAnnotation, bootstrapFlowControl } from '../../auth/bootstrap/flow-control.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import { ApiError } from '../../registry/errors.ts';
import { flowSchemas, priorityLevels } from './references.ts';

const manager = { fieldManager: 'api-priority-and-fairness-config-producer-v1' };

/**
 * Looks after the objects that the server makes: those that are gone come back, those that may be updated automatically get the server's spec, and those
 * that were such objects once go. @param schemas, levels what there is, by name @throws ApiError of the first write that fails
 */
export async function keepBootstrapObjects(
  client: Client,
  schemas: ReadonlyMap<string, KubeObject>,
  levels: ReadonlyMap<string, KubeObject>,
): Promise<void> {
  const wanted = bootstrapFlowControl();
  // A schema comes after the level that it names.
  for (const [reference, present, mandatory] of [
    [priorityLevels, levels, mandatoryLevels],
    [flowSchemas, schemas, mandatorySchemas],
  ] as const) {
    const resource = client.resource(reference);
    const own = new Map(wanted.filter(({ kind }) => kind === reference.kind).map((object) => [object.metadata!.name!, object]));
    for (const [name, object] of own) await keep(resource, present.get(name), object, Object.hasOwn(mandatory, name));
    for (const [name, object] of present) if (!own.has(name) && automatic(object) === true) await unlessGone(resource.delete('', name));
  }
}

async function keep(resource: ResourceClient, present: KubeObject | undefined, wanted: KubeObject, mandatory: boolean): Promise<void> {
  if (!present) {
    await resource.create('', wanted, manager).catch((error) => {
      if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
    });
    return;
  }
  // Without the annotation, an object that nobody has changed may be updated.
  const updates = mandatory || (automatic(present) ?? present.metadata?.generation === 1);
  const spec = updates && !sameSpec(wanted['spec'], present['spec']) ? wanted['spec'] : present['spec'];
  if (spec === present['spec'] && automatic(present) === updates) return;
  const annotations = { ...present.metadata?.annotations, [autoUpdateAnnotation]: String(updates) };
  const revised = { ...present, metadata: { ...present.metadata, annotations }, spec };
  // Who has changed it meanwhile is looked after the next time.
  await unlessGone(resource.update('', revised, manager), 'Conflict');
}

/** What the annotation says; undefined where it says nothing. */
function automatic({ metadata }: KubeObject): boolean | undefined {
  const value = metadata?.annotations?.[autoUpdateAnnotation] ?? '';
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(value) ? false : undefined;
}

/** Whether a spec is the wanted one but for what is filled in by default. */
function sameSpec(wanted: any, present: any): boolean {
  if (Array.isArray(wanted)) return wanted.length === present?.length && wanted.every((item, i) => sameSpec(item, present[i]));
  if (typeof wanted !== 'object' || wanted === null) return semanticEqual(wanted, present);
  const names = Object.keys(wanted);
  return (
    typeof present === 'object' &&
    present !== null &&
    names.every((name) => sameSpec(wanted[name], present[name])) &&
    !adds(wanted, present)
  );
}

/** Whether there is a list or object that the wanted spec does not have. */
function adds(wanted: object, present: object): boolean {
  return Object.entries(present).some(([name, value]) => typeof value === 'object' && !Object.hasOwn(wanted, name));
}

async function unlessGone(write: Promise<unknown>, ...others: string[]): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ApiError && ['NotFound', ...others].includes(error.reason))) throw error;
  }
}
