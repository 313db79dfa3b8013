import { timingSafeEqual } from 'node:crypto';
import type { KubeObject } from '../../../api/meta/object.ts';
import { type Clock, parseTime } from '../../machinery/clock.ts';
import type { Authenticator, UserInfo } from '../types.ts';
import { bearerToken } from './bearer.ts';

const namespace = 'kube-system';
const type = 'bootstrap.kubernetes.io/token';
const group = 'system:bootstrappers';
const extraGroup = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/**
 * Knows the tokens with which nodes join a cluster: secrets `bootstrap-token-<id>` of kube-system.
 * @param read a secret
 */
export function bootstrapTokenAuthenticator(
  read: (namespace: string, name: string) => Promise<KubeObject | undefined>,
  clock: Clock,
): Authenticator {
  const userOf = async (id: string, given: string): Promise<UserInfo | undefined> => {
    const secret = await read(namespace, `bootstrap-token-${id}`);
    if (!secret || secret.metadata?.deletionTimestamp || secret['type'] !== type) return undefined;
    const value = (key: string) => Buffer.from(secret['data']?.[key] ?? '', 'base64').toString();
    if (!sameText(value('token-secret'), given) || value('token-id') !== id) return undefined;
    const expiration = value('expiration');
    if (expiration !== '' && !(parseTime(expiration) > clock.now())) return undefined;
    if (value('usage-bootstrap-authentication') !== 'true') return undefined;
    const further = value('auth-extra-groups')
      .split(',')
      .filter((one) => one !== '');
    if (!further.every((one) => extraGroup.test(one))) return undefined;
    return { username: `system:bootstrap:${id}`, groups: [...new Set([group, ...further])].sort() };
  };
  return {
    authenticate(credentials) {
      const match = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(bearerToken(credentials) ?? '');
      return match ? userOf(match[1]!, match[2]!) : undefined;
    },
  };
}

function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
