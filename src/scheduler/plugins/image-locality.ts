import type { Pod } from '../../../openapi/types.ts';
import { maxNodeScore, type Plugin } from '../framework.ts';
import type { Handle } from '../handle.ts';

const name = 'ImageLocality';
const megabyte = 1024 * 1024;
const least = 23 * megabyte;
const mostPerContainer = 1000 * megabyte;

interface Wanted {
  readonly images: readonly string[];
  readonly containers: number;
}

/** Prefers nodes that hold the pod's images already; an image that few nodes hold counts less, so that pods do not crowd there. */
export function imageLocality({ cluster }: Pick<Handle, 'cluster'>): Plugin {
  return {
    name,
    preScore(state, pod) {
      const images = imagesOf(pod);
      // Nodes without any of the images all score the same.
      if (images.every((image) => cluster.nodesHolding(image) === 0)) return 'skip';
      const containers = (pod.spec!.containers?.length ?? 0) + (pod.spec!.initContainers?.length ?? 0);
      state.data.set(name, { images, containers } satisfies Wanted);
      return undefined;
    },
    score(state, _pod, node) {
      const { images, containers } = state.data.get(name) as Wanted;
      let total = 0;
      for (const image of images) {
        const size = node.images.get(image);
        if (size !== undefined) total += Math.trunc(size * (cluster.nodesHolding(image) / cluster.nodes.length));
      }
      const most = mostPerContainer * containers;
      const bounded = Math.min(Math.max(total, least), most);
      return Math.trunc((maxNodeScore * (bounded - least)) / (most - least));
    },
  };
}

function imagesOf({ spec }: Pod): string[] {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const volumes = (spec?.volumes ?? []).flatMap(({ image }) => (image ? [image.reference ?? ''] : []));
  return [...containers.map(({ image = '' }) => image), ...volumes].map((image) =>
    image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image,
  );
}
