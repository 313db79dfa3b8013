import https from 'node:https';
import { authority, startWebhookServer } from '../recorded/webhook-server.mjs';
import { requests, webhooks } from './requests.mjs';

/** Sends one request and waits for the end of its answer. */
function send(server, hooks, { method, path, as, headers = {}, body, text, agent, type }) {
  const bytes =
    text ??
    (body &&
      JSON.stringify(body)
        .replaceAll('https://webhook', () => hooks.url(''))
        .replaceAll('AUTHORITY', authority));
  const all = {
    accept: type,
    'user-agent': agent,
    authorization: `Bearer ${as}`,
    ...(bytes ? { 'content-type': type, 'content-length': Buffer.byteLength(bytes) } : {}),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const request = https.request(new URL(path, server), { method, headers: all, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', reject);
    request.end(bytes);
  });
}

/** Sends all requests, one after the other. @param server `https://host:port` */
export async function play(server) {
  const hooks = startWebhookServer(webhooks);
  for (const request of requests) await send(server, hooks, request);
}

const made = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/**
 * The lines of an audit log that the requests left, by the request's name, without what differs from one run to the next: ids, times, versions, names that
 * the server made, and without what columns of tables are said to be.
 */
export function normalized(log) {
  const events = Object.fromEntries(requests.map(({ name }) => [name, []]));
  for (const line of log.split('\n')) {
    const agent = /"userAgent":"(audited\/\d+)"/.exec(line)?.[1];
    const request = requests.find((one) => one.agent === agent);
    if (!request) continue;
    const text = line
      .replace(made, 'ID')
      .replace(time, (found) => found.replace(/\d/g, '0'))
      // An age, at the end of a row.
      .replace(/"\d+s"\]/g, '"0s"]')
      .replace(/("resourceVersion":)"\d+"/g, '$1"N"')
      .replace(/"g-[a-z0-9]{5}"/g, '"g-xxxxx"')
      .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-xxxxx')
      .replace(/"description":"(?:[^"\\]|\\.)*"/g, '"description":"…"');
    events[request.name].push(text);
  }
  return events;
}
