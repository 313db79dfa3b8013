import type { Pod } from '../../openapi/types.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../runtime/events.ts';
import type { NodeUsage } from './endpoints/usage.ts';
import type { Images } from './images/images.ts';
import type { Rejection } from './node-room.ts';
import type { LastingFiles } from './volumes/pod-volumes.ts';

/** What a pod's worker must know of the node that the pod is on. */
export interface PodHost {
  readonly name: string;
  /** Whether the node is a user's, run as KWOK would: KWOK leaves it to others to say that a pod is scheduled. */
  readonly isAdopted: boolean;
  /** One, or one of each family, the cluster's first family first. */
  readonly addresses: readonly string[];
  readonly events: EventRecorder;
  /** Acts as the node's kubelet. */
  readonly client: Client;
  /** Addresses of the cluster's name service. */
  readonly clusterDns: readonly string[];
  readonly images: Images;
  /** What is left of files when pods go. */
  readonly files: LastingFiles;
  /** What of the node pods can use. */
  readonly allocatable: Readonly<Record<string, string>>;
  /** What is used of each node that runs in this process. */
  usageOfAll(): readonly NodeUsage[];
  /** Gives the pod its share of the node, or says why the node does not take it. */
  admit(pod: Pod): Promise<Rejection | undefined>;
  /** Gives a pod that runs the share that it asks for now, or says why the node cannot; the pod is looked at again when there is more room. */
  resize(pod: Pod): Rejection | undefined;
  /** Gives a pod its share that runs already. */
  adopt(pod: Pod): void;
  /** The pod's addresses, of each family one: those it has, or new ones; none while the node has no ranges yet. */
  podAddresses(pod: Pod): readonly string[];
  /** Takes back its share and its addresses. */
  release(pod: Pod): void;
}
