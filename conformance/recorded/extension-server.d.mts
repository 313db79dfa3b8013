import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export declare const authority: string;

export interface ExtensionAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly client: string | undefined;
}

export type ExtensionHandler = (request: IncomingMessage & { text: string }, response: ServerResponse) => ExtensionAnswer | undefined;

export declare function startExtensionServer(
  handlers: Readonly<Record<string, ExtensionHandler>> | ((path: string) => ExtensionHandler | undefined),
  options?: { readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void },
): { readonly seen: SeenRequest[]; port(): number; clean(text: string): string; close(): void };
