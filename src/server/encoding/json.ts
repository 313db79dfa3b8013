import { goJson, htmlSafe } from '../../../api/meta/go-json.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { KubeObject } from '../../../api/meta/object.ts';

const newline = Buffer.from('\n');

/** Indented as for people, or in one line that ends with a line end, as the real server's two serializers write it. */
export function encodeJson(value: unknown, pretty: boolean): Buffer {
  return Buffer.from(pretty ? htmlSafe(jsonText(value, 2)) : `${goJson(value)}\n`);
}

/** The stored bytes of an object with the line end that closes an answer. */
export function storedJson(json: Buffer): Buffer {
  return Buffer.concat([json, newline], json.length + 1);
}

/** Finds out how many leading bytes of a stored object hold its kind and apiVersion, which the items of built-in lists go without. */
export function typeMetaStripper(apiVersion: string, kind: string): (json: Buffer, object: () => KubeObject) => Buffer {
  const kindText = `"kind":${JSON.stringify(kind)}`;
  const versionText = `"apiVersion":${JSON.stringify(apiVersion)}`;
  const heads = [Buffer.from(`{${kindText},${versionText},`), Buffer.from(`{${versionText},${kindText},`)];
  return (json, object) => {
    for (const head of heads) if (startsWith(json, head)) return json.subarray(head.length);
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = object();
    return Buffer.from(goJson(rest).slice(1));
  };
}

function startsWith(bytes: Buffer, head: Buffer): boolean {
  if (bytes.length <= head.length) return false;
  // The ends differ first, if anything does; a loop is quicker than a call of Buffer.compare for so few bytes.
  for (let i = head.length - 1; i >= 0; i--) if (bytes[i] !== head[i]) return false;
  return true;
}
