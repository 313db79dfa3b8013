import type { Duplex, Readable, Writable } from 'node:stream';

/** A container, and the node whose kubelet runs it. */
export interface ContainerPlace {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
}

export interface CommandOptions {
  /** Absent: the container's own program is attached to. */
  readonly command?: readonly string[];
  readonly tty: boolean;
}

export interface CommandStreams {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** Runs what was prepared, and resolves to the exit code. @throws ApiError where it cannot be started */
export type RunCommand = (streams: CommandStreams) => Promise<number>;

/** What the kubelets of the nodes do for the API server. A refusal is an ApiError; one without a reason is passed on as plain text. */
export interface NodeStreams {
  /** Whether the kubelet of a node listens. */
  reaches(node: string): boolean;
  logs(place: ContainerPlace, options: LogOptions): Readable;
  command(place: ContainerPlace, options: CommandOptions): Promise<RunCommand>;
  /** What connects to a port of the pod. */
  portForward(node: string, namespace: string, pod: string): (port: number) => Promise<Duplex>;
  /** Connects to the port of a node's kubelet; undefined where it does not listen. */
  dialKubelet(node: string): Duplex | undefined;
  /** Connects to a port of the pod over the pods' network; undefined where nothing listens. */
  dial(node: string, namespace: string, pod: string, port: number): Promise<Duplex | undefined>;
}
