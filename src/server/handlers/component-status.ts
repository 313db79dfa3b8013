import type { ResourceDefinition } from '../../../api/define.ts';
import { notFound } from '../../registry/errors.ts';
import { type ComponentProbe, componentStatus } from '../../registry/subresources/component-status.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';

/** GET of what nothing is stored of: how the parts of the control plane are. */
export async function readComponents(
  definition: ResourceDefinition,
  context: RequestContext,
  probes: readonly ComponentProbe[],
): Promise<Answer> {
  const { name, verb } = context.info;
  if (verb === 'get') {
    const probe = probes.find((candidate) => candidate.name === name);
    if (!probe) throw notFound({ group: definition.group, resource: definition.singular }, name);
    return { type: 'object', status: 200, definition, object: await componentStatus(probe) };
  }
  const items = await Promise.all(probes.map(componentStatus));
  const object = { kind: definition.listKind, apiVersion: definition.version, metadata: {}, items };
  return { type: 'object', status: 200, definition, object };
}
