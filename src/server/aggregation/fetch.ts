import type { UserInfo } from '../../auth/types.ts';
import { withDeadline } from '../../machinery/abort.ts';
import type { RuntimeContext } from '../../runtime/context.ts';
import type { RemoteApiService } from './api-service-set.ts';
import type { ExtensionServers } from './extension-servers.ts';

export interface Fetched {
  readonly status: number;
  readonly contentType: string;
  readonly etag: string;
  readonly text: string;
}

export interface Fetching {
  readonly path: string;
  readonly accept: string;
  readonly user: UserInfo;
  /** Default: five seconds. */
  readonly limitMs?: number;
}

/** A document may be so large. */
const longest = 64 * 1024 * 1024;

/** Why an answer is not what was asked for. */
export function statusText({ status, text }: Fetched): string {
  return `the server answered ${status}: ${text.slice(0, 200)}`;
}

/** Gets a document of an extension server. @throws Error of the network, or when it takes too long */
export function fetchFrom(
  servers: ExtensionServers,
  remote: RemoteApiService,
  { path, accept, user, limitMs = 5000 }: Fetching,
  { clock, signal }: Pick<RuntimeContext, 'clock' | 'signal'>,
): Promise<Fetched> {
  return withDeadline(clock, limitMs, signal, async (limited) => {
    const address = await servers.locate(remote);
    const headers = { accept, 'x-forwarded-host': address.shown, 'x-forwarded-proto': 'https', 'x-forwarded-uri': path };
    const { message } = await servers.send(remote, address, { method: 'GET', path, headers, user, signal: limited });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of message) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longest) throw new Error(`the answer to ${path} is larger than ${longest} bytes`);
    }
    const { 'content-type': contentType = '', etag = '' } = message.headers;
    return { status: message.statusCode!, contentType, etag, text: Buffer.concat(chunks).toString() };
  });
}
