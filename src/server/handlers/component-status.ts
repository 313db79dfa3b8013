import type { ResourceDefinition } from '../../../api/define.ts';
import { notFound } from '../../registry/errors.ts';
import { parseSelection, parseSelectors } from '../../registry/selection.ts';
import { type ComponentProbe, componentStatus } from '../../registry/subresources/component-status.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { Answer } from '../answer.ts';
import type { RequestContext } from '../context.ts';
import { listOptions } from './options.ts';

/** GET of what nothing is stored of: how the parts of the control plane are. */
export async function readComponents(
  definition: ResourceDefinition,
  context: RequestContext,
  probes: readonly ComponentProbe[],
): Promise<Answer> {
  const { info, request } = context;
  const { name, verb } = info;
  if (verb === 'get') {
    const probe = probes.find((candidate) => candidate.name === name);
    if (!probe) throw notFound({ group: definition.group, resource: definition.singular }, name);
    return { type: 'object', status: 200, definition, object: await componentStatus(probe) };
  }
  const parsed = listOptions(request.query);
  const { filter } = parseSelection({ definition, namespaced: false }, '', parseSelectors(parsed.labelSelector, parsed.fieldSelector));
  const asked = filter
    ? probes.filter((probe) => filter({ name: probe.name, namespace: '', labels: undefined, fields: undefined }))
    : probes;
  return { type: 'list', definition, items: await Promise.all(asked.map(listed)), metadata: {} };
}

async function listed(probe: ComponentProbe): Promise<StoredObject> {
  const object = await componentStatus(probe);
  return { key: probe.name, revision: 0, json: Buffer.from(JSON.stringify(object)), object };
}
