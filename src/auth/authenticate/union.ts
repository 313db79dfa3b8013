import type { Authenticator, UserInfo } from '../types.ts';
import { bearerToken } from './bearer.ts';

export const anonymousUser: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/**
 * Asks each authenticator in turn, those after one that failed as well. Without any credentials the user is anonymous; with credentials that nobody
 * knows, nobody (undefined: 401). A known user is also in `system:authenticated`.
 * @param mayBeAnonymous whether who shows nothing may be anonymous at a path
 */
export function unionAuthenticator(
  authenticators: readonly Authenticator[],
  mayBeAnonymous: (path: string) => boolean = () => true,
): Authenticator {
  const withGroup = new WeakMap<UserInfo, UserInfo>();
  return {
    async authenticate(credentials) {
      const failures: unknown[] = [];
      for (const authenticator of authenticators) {
        let user: UserInfo | undefined;
        try {
          const result = authenticator.authenticate(credentials);
          user = result instanceof Promise ? await result : result;
        } catch (error) {
          failures.push(error);
        }
        if (!user) continue;
        let authenticated = withGroup.get(user);
        if (!authenticated) {
          authenticated = authenticatedUser(user);
          withGroup.set(user, authenticated);
        }
        return authenticated;
      }
      if (failures.length > 1) throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join(', '));
      if (failures.length > 0) throw failures[0];
      return bearerToken(credentials) === undefined && mayBeAnonymous(credentials.path ?? '') ? anonymousUser : undefined;
    },
  };
}

/** The user with the group that every authenticated one has. */
export function authenticatedUser(user: UserInfo): UserInfo {
  if (user.groups.includes('system:authenticated') || user.groups.includes('system:unauthenticated')) return user;
  return { ...user, groups: [...user.groups, 'system:authenticated'] };
}
