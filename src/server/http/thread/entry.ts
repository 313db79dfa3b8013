import { parentPort, workerData } from 'node:worker_threads';
import type { TlsPortOptions } from '../tls-port.ts';
import { serveFront } from './serve-front.ts';

// The thread of the front: `openThreadFront` starts it, and ends it. Buffers come as plain arrays of bytes.
serveFront(workerData as TlsPortOptions, parentPort!);
