// node conformance/audit/record.mjs https://host:port AUDIT_LOG: records events.json from a kube-apiserver that was started with policy.yaml.
import { readFile, writeFile } from 'node:fs/promises';
import { normalized, play } from './play.mjs';

const [server, log] = process.argv.slice(2);
const before = (await readFile(log, 'utf8')).length;
await play(server);
const events = normalized((await readFile(log, 'utf8')).slice(before));
await writeFile(new URL('events.json', import.meta.url), `${JSON.stringify(events, null, 2)}\n`);
// The server keeps its connections to the webhooks.
process.exit();
