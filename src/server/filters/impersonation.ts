import type { AccessAttributes, Authorizer, UserInfo } from '../../auth/types.ts';
import { badRequest } from '../../registry/errors.ts';
import type { ServerContext } from '../request-context.ts';
import { accessAttributes, accessForbidden } from './authorization.ts';
import type { Stage } from './stage.ts';

const serviceAccountPrefix = 'system:serviceaccount:';
const nodePrefix = 'system:node:';
const authenticationGroup = 'authentication.k8s.io';
/** So many users are remembered to have impersonated before. */
const remembered = 1024;

/** The user that the Impersonate-* headers ask for. */
interface Wanted {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/**
 * Lets a user act as another, as kube-apiserver does since 1.36: first by the constrained rights (`impersonate:<mode>` on who one becomes and
 * `impersonate-on:<mode>:<verb>` on what is then done, KEP-5284), else by the older `impersonate` right, which covers every request. A user who has
 * passed by the older right is told of it when the next attempt is refused.
 */
export function impersonation(authorizer: Authorizer): Stage {
  const legacyUsers = new Set<string>();

  const firstRefused = async (checks: readonly AccessAttributes[]) => {
    for (const check of checks) {
      const { decision, reason } = await authorizer.authorize(check);
      if (decision !== 'allow') return { check, reason };
    }
    return undefined;
  };

  const impersonate = async (context: ServerContext, wanted: Wanted): Promise<void> => {
    const requester = context.user;
    const legacy = await firstRefused(legacyChecks(requester, wanted));
    if (!legacy) {
      if (legacyUsers.size >= remembered) legacyUsers.clear();
      legacyUsers.add(requester.username);
    } else {
      const constrained = await firstRefused(constrainedChecks(context, requester, wanted));
      if (constrained) {
        const told = legacyUsers.has(requester.username) ? legacy : constrained;
        context.headers['x-content-type-options'] = 'nosniff';
        throw accessForbidden(told.check, told.reason);
      }
      context.impersonationConstraint = `impersonate:${modeOf(wanted)}`;
    }
    context.requester = requester;
    context.user = userOf(wanted);
  };

  return (context, next) => {
    const wanted = wantedUser(context);
    return wanted ? impersonate(context, wanted).then(() => next(context)) : next(context);
  };
}

/** @throws ApiError 400 if there are headers, but none that names the user */
function wantedUser(context: ServerContext): Wanted | undefined {
  const headers: Readonly<Record<string, string | undefined>> = context.request.headers;
  let any = false;
  const extra = new Map<string, readonly string[]>();
  for (const name in headers) {
    if (!name.startsWith('impersonate-')) continue;
    any = true;
    if (name.startsWith('impersonate-extra-')) extra.set(decodeKey(name.slice('impersonate-extra-'.length)), valuesOf(headers[name]));
  }
  if (!any) return undefined;
  const username = headers['impersonate-user'] ?? '';
  const uid = headers['impersonate-uid'] ?? '';
  const groups = valuesOf(headers['impersonate-group']);
  if (username === '') {
    if (groups.length === 0 && uid === '' && extra.size === 0) return undefined;
    const printed = `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${printList(groups)}, Extra:${printExtra(extra)}}`;
    context.headers['x-content-type-options'] = 'nosniff';
    throw badRequest(`requested ${printed} without impersonating a user name`);
  }
  return { username, uid, groups, extra };
}

/** Repeated headers arrive joined by a comma and a space. */
function valuesOf(header: string | undefined): readonly string[] {
  return header ? header.split(', ') : [];
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

// The message names the request as Go prints the value.
function printList(values: readonly string[]): string {
  return values.length === 0 ? '[]string(nil)' : `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
}

function printExtra(extra: ReadonlyMap<string, readonly string[]>): string {
  if (extra.size === 0) return 'map[string][]string(nil)';
  const entries = [...extra].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => `${JSON.stringify(key)}:${printList(values)}`);
  return `map[string][]string{${entries.join(', ')}}`;
}

/** @returns namespace and name of a service account's user name */
function serviceAccountOf(username: string): readonly [namespace: string, name: string] | undefined {
  if (!username.startsWith(serviceAccountPrefix)) return undefined;
  const parts = username.slice(serviceAccountPrefix.length).split(':');
  return parts.length === 2 && parts[0] !== '' && parts[1] !== '' ? [parts[0]!, parts[1]!] : undefined;
}

/** @returns the name of a node's user name */
function nodeOf(username: string): string | undefined {
  return username.startsWith(nodePrefix) ? username.slice(nodePrefix.length) : undefined;
}

/** The sort of constrained right that it takes to become a user. */
function modeOf({ username }: Wanted): string {
  return serviceAccountOf(username) ? 'serviceaccount' : nodeOf(username) ? 'arbitrary-node' : 'user-info';
}

function userOf({ username, uid, groups, extra }: Wanted): UserInfo {
  const all = [...groups];
  const account = serviceAccountOf(username);
  // A service account that is impersonated without groups gets those it always has.
  if (account && groups.length === 0) all.push('system:serviceaccounts', `system:serviceaccounts:${account[0]}`);
  if (username === 'system:anonymous') {
    if (!all.includes('system:unauthenticated')) all.push('system:unauthenticated');
  } else if (!all.includes('system:unauthenticated') && !all.includes('system:authenticated')) {
    all.push('system:authenticated');
  }
  return { username, groups: all, ...(uid ? { uid } : {}), ...(extra.size ? { extra: Object.fromEntries(extra) } : {}) };
}

type Target = Pick<AccessAttributes, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>;

function check(user: UserInfo, verb: string, version: string, target: Target): AccessAttributes {
  return { user, verb, version, resourceRequest: true, path: '', ...target };
}

function legacyChecks(user: UserInfo, wanted: Wanted): AccessAttributes[] {
  const on = (target: Partial<Target>, version: string) =>
    check(user, 'impersonate', version, { group: '', resource: '', subresource: '', namespace: '', name: '', ...target });
  const account = serviceAccountOf(wanted.username);
  const checks = [
    account
      ? on({ resource: 'serviceaccounts', namespace: account[0], name: account[1] }, 'v1')
      : on({ resource: 'users', name: wanted.username }, 'v1'),
    ...wanted.groups.map((name) => on({ resource: 'groups', name }, 'v1')),
  ];
  for (const [key, values] of wanted.extra) {
    for (const name of values) checks.push(on({ group: authenticationGroup, resource: 'userextras', subresource: key, name }, 'v1'));
  }
  if (wanted.uid) checks.push(on({ group: authenticationGroup, resource: 'uids', name: wanted.uid }, 'v1'));
  return checks;
}

function constrainedChecks(context: ServerContext, user: UserInfo, wanted: Wanted): AccessAttributes[] {
  const account = serviceAccountOf(wanted.username);
  const node = nodeOf(wanted.username);
  const mode = modeOf(wanted);
  const own = accessAttributes(context.info, user);
  const become = (target: Partial<Target>) =>
    check(user, `impersonate:${mode}`, 'v1', {
      group: authenticationGroup,
      resource: '',
      subresource: '',
      namespace: '',
      name: '',
      ...target,
    });
  const checks = [{ ...own, verb: `impersonate-on:${mode}:${own.verb}` }];
  if (account) checks.push(become({ resource: 'serviceaccounts', namespace: account[0], name: account[1] }));
  else if (node) checks.push(become({ resource: 'nodes', name: node }));
  else {
    checks.push(become({ resource: 'users', name: wanted.username }));
    for (const name of wanted.groups) checks.push(become({ resource: 'groups', name }));
    if (wanted.uid) checks.push(become({ resource: 'uids', name: wanted.uid }));
    for (const [key, values] of wanted.extra) {
      for (const name of values) checks.push(become({ resource: 'userextras', subresource: key, name }));
    }
  }
  return checks;
}
