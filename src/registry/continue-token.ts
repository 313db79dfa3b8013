import { goJson } from '../../api/meta/go-json.ts';
import { goJsonError } from '../../api/meta/json-errors.ts';
import { badRequest } from './errors.ts';

/** Where a chunked list goes on. */
export interface ContinueToken {
  /** The first key that may be listed. */
  readonly startKey: string;
  /** The revision of the first chunk; below 0: whatever is newest. */
  readonly revision: number;
}

const tokenVersion = 'meta.k8s.io/v1';

/**
 * @param startKey the first key of the next chunk, below `prefix`
 * @param slash whether it begins with a slash: upstream's watch cache gives such, storage does not, and either is read
 */
export function encodeContinue(startKey: string, prefix: string, revision: number, slash: boolean): string {
  const token = { v: tokenVersion, rv: revision, start: startKey.slice(slash ? prefix.length - 1 : prefix.length) };
  return Buffer.from(goJson(token)).toString('base64url');
}

const invalidKey = 'continue key is not valid';

/** @throws ApiError 400 for a token that no server has given */
export function decodeContinue(text: string, prefix: string): ContinueToken {
  const fail = (message: string) => badRequest(`invalid continue token: ${message}`);
  const illegal = illegalBase64At(text);
  if (illegal !== undefined) throw fail(`${invalidKey}: illegal base64 data at input byte ${illegal}`);
  const json = Buffer.from(text, 'base64url').toString();
  let token: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    token = JSON.parse(json);
  } catch {
    // Go names the byte, as the character of that number.
    throw fail(`${invalidKey}: ${goJsonError(Buffer.from(text, 'base64url'))}`);
  }
  if (token?.v !== tokenVersion) throw fail(`${invalidKey}: server does not recognize this encoded version ${token?.v ?? ''}`);
  if (typeof token.rv !== 'number' || token.rv === 0) {
    throw fail(`${invalidKey}: incorrect encoded start resourceVersion (version ${tokenVersion})`);
  }
  if (typeof token.start !== 'string' || token.start === '') throw fail(`${invalidKey}: encoded start key empty (version ${tokenVersion})`);
  const path = token.start.startsWith('/') ? token.start : `/${token.start}`;
  // A path that is not in its shortest form could climb out of the prefix.
  if (path.split('/').some((part, i) => (part === '' && i > 0) || part === '.' || part === '..'))
    throw fail(`${invalidKey}: ${token.start}`);
  return { startKey: prefix + path.slice(1), revision: token.rv };
}

// Line breaks are skipped, as Go's decoder does, and counted.
function illegalBase64At(text: string): number | undefined {
  const bad = /[^A-Za-z0-9_\r\n-]/.exec(text);
  if (bad) return bad.index;
  return text.replace(/[\r\n]/g, '').length % 4 === 1 ? text.length - 1 : undefined;
}
