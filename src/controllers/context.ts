import type { CertificateRequest } from '../../api/certificates.k8s.io/v1/certificate-request.ts';
import type { Client, ResourceReference } from '../client/client.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import type { Controller } from '../runtime/controller.ts';
import { createEventRecorder, type EventRecorder } from '../runtime/events.ts';
import type { Informers } from '../runtime/informers.ts';
import { events } from './resources.ts';

/** A resource that the cluster serves, with the verbs that it answers. */
export interface ServedResource extends ResourceReference {
  readonly verbs: readonly string[];
  /** Absent where it is not known which there are. */
  readonly subresources?: readonly { readonly name: string }[];
}

/** What is served: built-in kinds, and those of CustomResourceDefinitions and of extension API servers as they come and go. */
export interface ResourceCatalog {
  resources(): readonly ServedResource[];
  /** The versions of a group, the preferred one first; none if the group is not there. */
  versionsOf(group: string): readonly string[];
  /** Groups and versions whose extension API server does not tell what it serves. */
  failing(): readonly { readonly group: string; readonly version: string }[];
  /** Calls back after each change; returns a function that ends it. */
  subscribe(changed: () => void): () => void;
}

export interface ControllerSettings {
  /** PEM of the cluster's certificate authority, published in every namespace; absent: not published. */
  readonly rootCertificate?: string;
  /** Nodes get a part of each as their podCIDRs, in this order: one, or one of each family; none: they get none. */
  readonly clusterCIDRs: readonly string[];
  /** Where the parts of the same family come from when that is used up; absent: nodes beyond get none. */
  readonly furtherClusterCIDR?: string;
  /** Addresses of Services of type LoadBalancer; absent: somebody else provides them. */
  readonly loadBalancerCIDR?: string;
  /** Prefix lengths of a node's part, by the version of IP. */
  readonly nodeCIDRMaskSizes: Readonly<Record<4 | 6, number>>;
  /** How long a node's lease may be unrenewed until the node counts as unknown. */
  readonly nodeMonitorGracePeriodSeconds: number;
  /** The same for a node that has just registered. */
  readonly nodeStartupGracePeriodSeconds: number;
  /** How often each autoscaler looks, in milliseconds. */
  readonly horizontalPodAutoscalerSyncPeriod: number;
  /** Finished pods are deleted, oldest first, beyond so many. */
  readonly terminatedPodGCThreshold: number;
  /** Signs the token of a Secret of type kubernetes.io/service-account-token; absent: such secrets are not filled. */
  readonly signSecretToken?: (claims: SecretTokenClaims) => Promise<string>;
  /** Absent: CertificateSigningRequests are neither approved nor signed. */
  readonly readCertificateRequest?: CertificateRequestReader;
  /** When a certificate (PEM) ends, in milliseconds since the epoch. */
  readonly certificateEnd?: (certificate: string) => number;
  /** A certificate (PEM) for a request, with usages as CertificateSigningRequests name them; absent: nothing is signed. */
  readonly signCertificate?: (request: string, usages: readonly string[], milliseconds: number) => Promise<string>;
}

/** What the PEM of a PKCS#10 request asks for. @throws Error for anything else */
export type CertificateRequestReader = (request: string) => Promise<CertificateRequest>;

export interface SecretTokenClaims {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  readonly secretName: string;
}

export const defaultSettings: ControllerSettings = {
  clusterCIDRs: [],
  nodeCIDRMaskSizes: { 4: 24, 6: 64 },
  nodeMonitorGracePeriodSeconds: 50,
  nodeStartupGracePeriodSeconds: 60,
  horizontalPodAutoscalerSyncPeriod: 15_000,
  terminatedPodGCThreshold: 12_500,
};

/** What a controller gets. Each acts through the client of its own service account, and all read the same informers. */
export interface ControllerContext extends RuntimeContext {
  clientFor(name: string): Client;
  readonly informers: Informers;
  readonly catalog: ResourceCatalog;
  readonly settings: ControllerSettings;
}

/** A controller that runs: its queues can be asked what is left to do. */
export interface RunningController extends AsyncDisposable {
  readonly name: string;
  readonly queues: readonly Controller[];
}

/** Registers a controller's handlers and starts it. */
export type StartController = (context: ControllerContext) => RunningController;

export function recorderFor(context: ControllerContext, client: Client, component: string): EventRecorder {
  return createEventRecorder({ client, events, component, context });
}

/** Starts the queues of a controller. */
export function run(name: string, queues: readonly Controller[], stop?: () => void): RunningController {
  const running = queues.map((queue) => queue.start());
  return {
    name,
    queues,
    async [Symbol.asyncDispose]() {
      stop?.();
      await Promise.all(running.map((disposable) => disposable[Symbol.asyncDispose]()));
    },
  };
}
