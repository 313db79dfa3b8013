import type { Pod } from '../../../openapi/types.ts';
import type { ClusterState } from '../cluster-state.ts';
import { maxNodeScore, type Plugin } from '../framework.ts';

const name = 'ImageLocality';
const megabyte = 1024 * 1024;
const least = 23 * megabyte;
const mostPerContainer = 1000 * megabyte;

interface Wanted {
  readonly images: readonly string[];
  readonly containers: number;
  readonly cluster: ClusterState;
}

/** Prefers nodes that hold the pod's images already; an image that few nodes hold counts less, so that pods do not crowd there. */
export const imageLocality: Plugin = {
  name,
  preScore(state, pod, _nodes, cluster) {
    const images = imagesOf(pod);
    if (images.every((image) => cluster.nodesHolding(image) === 0)) return 'skip';
    state.data.set(name, { images, containers: images.length, cluster } satisfies Wanted);
    return undefined;
  },
  score(state, _pod, { node }) {
    const { images, containers, cluster } = state.data.get(name) as Wanted;
    let total = 0;
    for (const image of images) {
      const held = node.status?.images?.find((candidate) => candidate.names?.includes(image));
      if (held) total += Math.trunc(((held.sizeBytes ?? 0) * cluster.nodesHolding(image)) / cluster.nodes.length);
    }
    const most = mostPerContainer * containers;
    const bounded = Math.min(Math.max(total, least), most);
    return Math.trunc((maxNodeScore * (bounded - least)) / (most - least));
  },
};

function imagesOf(pod: Pod): string[] {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  return containers.map(({ image = '' }) => (image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image));
}
