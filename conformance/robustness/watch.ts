import http2 from 'node:http2';
import type { Server } from './wire.ts';

export interface FollowedWatch {
  /** Resolves once the watch has come to a revision. @throws Error if that takes longer */
  until(revision: string, milliseconds: number): Promise<void>;
  /** @returns the last revision that it saw */
  stop(): Promise<string>;
}

/** Watches a collection from a revision until the connection ends. */
export function followWatch(server: Server, target: string, from: string, seen: (type: string, object: any) => void): FollowedWatch {
  const session = http2.connect(`https://${server.host}:${server.port}`, {
    ca: server.authority,
    cert: server.certificate,
    key: server.key,
  });
  session.on('error', () => session.destroy());
  const stream = session.request({ ':path': `${target}?watch=true&allowWatchBookmarks=true&resourceVersion=${from}` });
  let revision = from;
  let rest = '';
  let waiting: { revision: number; resolve: () => void } | undefined;
  stream.setEncoding('utf8');
  stream.on('error', () => {}); // The end of the connection is what is tested.
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(JSON.parse(line));
  });

  function take({ type, object }: any): void {
    if (type === 'ERROR') throw new Error(`the watch from ${from} failed: ${JSON.stringify(object)}`);
    revision = object.metadata.resourceVersion;
    if (type !== 'BOOKMARK') seen(type, object);
    if (waiting && Number(revision) >= waiting.revision) waiting.resolve();
  }

  return {
    until: (wanted, milliseconds) =>
      new Promise((resolve, reject) => {
        if (Number(revision) >= Number(wanted)) return resolve();
        const timer = setTimeout(() => reject(new Error(`the watch is at ${revision}, not at ${wanted}`)), milliseconds);
        waiting = {
          revision: Number(wanted),
          resolve() {
            clearTimeout(timer);
            resolve();
          },
        };
      }),
    async stop() {
      session.destroy();
      return revision;
    },
  };
}
