import type { Pod } from '../../../openapi/types.ts';
import type { FleetContext } from '../context.ts';
import type { PullSecrets } from '../images/credentials.ts';
import type { PodHost } from '../pod-host.ts';
import type { PodVolumes } from '../volumes/pod-volumes.ts';
import type { ContainerRun } from './container.ts';
import type { PodPlace } from './environment.ts';

/** The pod that a container belongs to, as its worker sees it. */
export interface PodScope {
  readonly pod: Pod;
  readonly host: PodHost;
  readonly context: FleetContext;
  /** As far as they were there when its containers were last to be started. */
  readonly pullSecrets: PullSecrets;
  /** Made when a container needs it. */
  readonly volumes: PodVolumes;
  /** Milliseconds since the epoch. */
  now(): number;
  /** What of the node the pod's containers are told. */
  place(): PodPlace;
  /** The pod's address, or the empty text. */
  address(): string;
  /** Records an event of the container. */
  tell(run: ContainerRun, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** The status is no longer as the API has it. */
  changed(): void;
  /** A container goes on as a stand-in: its program does what no emulator knows. */
  lost(run: ContainerRun, error: Error): void;
}
