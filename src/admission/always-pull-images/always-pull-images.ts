import { pod as pods } from '../../../api/core/v1/pod.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { Pod } from '../../../openapi/types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** Images are pulled anew for each container, so that only who may pull an image can use it, also where a node has it already. */
export const alwaysPullImagesPlugin: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  concerns({ definition, operation, subresource, object }) {
    const writes = operation === 'CREATE' || operation === 'UPDATE';
    const isPod = definition.plural === pods.plural && definition.group === pods.group;
    return writes && isPod && object !== undefined && (subresource === '' || subresource === 'ephemeralcontainers');
  },
  mutate(attributes) {
    if (onlySameImages(attributes)) return;
    for (const { container } of containersOf(attributes.object as Pod)) container.imagePullPolicy = 'Always';
    for (const { reference } of imageVolumesOf(attributes.object as Pod)) reference.pullPolicy = 'Always';
  },
  validate(attributes) {
    const wrong = containersOf(attributes.object as Pod).find(({ container }) => container.imagePullPolicy !== 'Always');
    if (!wrong) return;
    const { path, container } = wrong;
    const text = `${path}.imagePullPolicy: Unsupported value: ${goQuote(container.imagePullPolicy ?? '')}: supported values: "Always"`;
    throw refuse(attributes, text);
  },
};

function containersOf({ spec }: Pod): { path: string; container: { image?: string; imagePullPolicy?: string } }[] {
  const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;
  return lists.flatMap((name) => (spec![name] ?? []).map((container, i) => ({ path: `spec.${name}[${i}]`, container })));
}

function imageVolumesOf({ spec }: Pod): { reference: { pullPolicy?: string } }[] {
  return (spec!.volumes ?? []).flatMap(({ image }) => (image ? [{ reference: image }] : []));
}

// An update that brings no new image leaves what is there.
function onlySameImages({ operation, object, old }: AdmissionAttributes): boolean {
  if (operation !== 'UPDATE' || !old) return false;
  const before = new Set(containersOf(old as Pod).map(({ container }) => container.image));
  return containersOf(object as Pod).every(({ container }) => before.has(container.image));
}
