import { parentPort, workerData } from 'node:worker_threads';
import type { TlsPortOptions } from '../tls-port.ts';
import { serveFront } from './serve-front.ts';

// The thread of the front: `openThreadFront` starts it, and ends it. Buffers come as plain arrays of bytes.
const options = workerData as TlsPortOptions;
const buffers = (list: readonly Uint8Array[]) => list.map((bytes) => Buffer.from(bytes));
const { clients, frontProxies } = options.authorities;
serveFront({ ...options, authorities: { clients: buffers(clients), frontProxies: buffers(frontProxies) } }, parentPort!);
