import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';

export const tokenNamespace = 'kube-system';
export const tokenType = 'bootstrap.kubernetes.io/token';
const namePrefix = 'bootstrap-token-';
const idPattern = /^[a-z0-9]{6}$/;

export interface SigningToken {
  readonly id: string;
  readonly secret: string;
}

/** Whether a Secret is a bootstrap token, as far as its type and place tell. */
export function isBootstrapToken(object: KubeObject): boolean {
  return object['type'] === tokenType && object.metadata!.namespace === tokenNamespace;
}

/** When a token becomes invalid, in milliseconds since the epoch; Infinity: never. One that says it in no time is invalid already. */
export function expiryOf(secret: KubeObject): number {
  const text = dataOf(secret, 'expiration');
  if (text === '') return Number.POSITIVE_INFINITY;
  return parseTime(text) || Number.NEGATIVE_INFINITY;
}

/** The token, if the Secret holds one with which may be signed at this time. */
export function signingToken(secret: KubeObject, now: number): SigningToken | undefined {
  const id = dataOf(secret, 'token-id');
  const text = dataOf(secret, 'token-secret');
  if (!idPattern.test(id) || secret.metadata!.name !== namePrefix + id || text === '' || expiryOf(secret) <= now) return undefined;
  return dataOf(secret, 'usage-bootstrap-signing') === 'true' ? { id, secret: text } : undefined;
}

function dataOf(secret: KubeObject, key: string): string {
  return Buffer.from(secret['data']?.[key] ?? '', 'base64').toString();
}
