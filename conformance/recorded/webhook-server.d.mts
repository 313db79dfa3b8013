/** See webhook-server.mjs. */
export const authority: string;
export interface WebhookServer {
  readonly seen: { path: string; type: string; accept: string; agent: string; review: any }[];
  port(): number;
  url(path: string): string;
  clean(text: string): string;
}
export function startWebhookServer(handlers: Record<string, (request: any, review: any) => object | undefined | Promise<object>>): WebhookServer;
