import { FieldPath } from '../../../api/meta/field.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../../api/meta/names.ts';
import { validateDomainPath } from '../../../api/meta/validation.ts';
import type { AccessAttributes, Authorizer, UserInfo } from '../../auth/types.ts';
import { valuesOf } from '../../machinery/header-values.ts';
import { accessForbidden } from '../../registry/access-forbidden.ts';
import { ApiError, badRequest } from '../../registry/errors.ts';
import type { ServerContext } from '../request-context.ts';
import { accessAttributes } from './authorization.ts';
import type { Stage } from './stage.ts';

const serviceAccountPrefix = 'system:serviceaccount:';
const nodePrefix = 'system:node:';
const authenticationGroup = 'authentication.k8s.io';
/** Of so many users it is remembered how they impersonate. */
const remembered = 10_000;

/** The user that the Impersonate-* headers ask for. */
interface Wanted {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/** A way of becoming another user: the constrained ones, each for users of its own sort (KEP-5284), and the older `impersonate` right for all. */
interface Mode {
  /** What is recorded of requests that come this way. */
  readonly constraint: string | undefined;
  /** Whether it can be used for this at all. */
  applies(wanted: Wanted, requester: UserInfo): boolean;
  /** @returns the user that one becomes, or why not */
  become(authorizer: Authorizer, wanted: Wanted, request: AccessAttributes): Promise<UserInfo | ApiError>;
}

/**
 * Lets a user act as another, as kube-apiserver does since 1.36: by the first mode that allows it, and the one that did so last for this requester
 * before all others. A refusal is that of the mode that was tried first.
 */
export function impersonation(authorizer: Authorizer): Stage {
  const lastModes = new Map<string, Mode>();

  const impersonate = async (context: ServerContext, wanted: Wanted): Promise<void> => {
    const requester = context.user;
    const request = accessAttributes(context.info, requester);
    const last = lastModes.get(requester.username);
    let refusal: ApiError | undefined;
    for (const mode of last ? [last, ...modes.filter((mode) => mode !== last)] : modes) {
      if (!mode.applies(wanted, requester)) continue;
      const result = await mode.become(authorizer, wanted, request);
      if (result instanceof ApiError) {
        refusal ??= result;
        continue;
      }
      if (lastModes.size >= remembered) lastModes.clear();
      lastModes.set(requester.username, mode);
      context.impersonationConstraint = mode.constraint;
      context.requester = requester;
      context.user = result;
      return;
    }
    context.headers['x-content-type-options'] = 'nosniff';
    throw refusal!;
  };

  return (context, next) => {
    const wanted = wantedUser(context);
    return wanted ? impersonate(context, wanted).then(() => next(context)) : next(context);
  };
}

/** @throws ApiError 400 if there are headers, but none that names the user */
function wantedUser(context: ServerContext): Wanted | undefined {
  const headers: Readonly<Record<string, string | undefined>> = context.request.headers;
  let extra: Map<string, readonly string[]> | undefined;
  for (const name in headers) {
    if (!name.startsWith('impersonate-')) continue;
    extra ??= new Map();
    if (name.startsWith('impersonate-extra-')) extra.set(decodeKey(name.slice('impersonate-extra-'.length)), valuesOf(headers[name]));
  }
  if (!extra) return undefined;
  const username = headers['impersonate-user'] ?? '';
  const uid = headers['impersonate-uid'] ?? '';
  const groups = valuesOf(headers['impersonate-group']);
  if (username === '') {
    if (groups.length === 0 && uid === '' && extra.size === 0) return undefined;
    const printed = `&user.DefaultInfo{Name:"", UID:${goQuote(uid)}, Groups:${printList(groups)}, Extra:${printExtra(extra)}}`;
    context.headers['x-content-type-options'] = 'nosniff';
    throw badRequest(`requested ${printed} without impersonating a user name`);
  }
  return { username, uid, groups, extra };
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
  const entries = [...extra].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => `${goQuote(key)}:${printList(values)}`);
  return `map[string][]string{${entries.join(', ')}}`;
}

/** @returns namespace and name of a service account's user name */
function serviceAccountOf(username: string): readonly [namespace: string, name: string] | undefined {
  if (!username.startsWith(serviceAccountPrefix)) return undefined;
  const [namespace = '', name = '', ...more] = username.slice(serviceAccountPrefix.length).split(':');
  return more.length === 0 && isDns1123Label(namespace).length === 0 && isDns1123Subdomain(name).length === 0
    ? [namespace, name]
    : undefined;
}

/** @returns the name of a node's user name */
function nodeOf(username: string): string | undefined {
  const name = username.startsWith(nodePrefix) ? username.slice(nodePrefix.length) : '';
  return isDns1123Subdomain(name).length === 0 ? name : undefined;
}

function isNameAlone({ uid, groups, extra }: Wanted): boolean {
  return uid === '' && groups.length === 0 && extra.size === 0;
}

// What is asked about the requester of this mode does not depend on the node, so that one answer is good for all pods of a DaemonSet.
const associatedNode = constrained(
  'associated-node',
  (wanted, { username, extra }) => {
    const own = extra?.['authentication.kubernetes.io/node-name'] ?? [];
    return isNameAlone(wanted) && own.length === 1 && serviceAccountOf(username) !== undefined && nodeOf(wanted.username) === own[0];
  },
  (attributes) => ({
    ...attributes,
    name: attributes.verb === 'impersonate:associated-node' ? '*' : attributes.name,
    user: {
      ...attributes.user,
      extra: { 'authentication.kubernetes.io/associated-node-keys': Object.keys(attributes.user.extra ?? {}).sort() },
    },
  }),
);

const modes: readonly Mode[] = [
  associatedNode,
  constrained('arbitrary-node', (wanted) => isNameAlone(wanted) && nodeOf(wanted.username) !== undefined),
  constrained('serviceaccount', (wanted) => isNameAlone(wanted) && serviceAccountOf(wanted.username) !== undefined),
  constrained('user-info', ({ username }) => nodeOf(username) === undefined && serviceAccountOf(username) === undefined),
  {
    constraint: undefined,
    applies: () => true,
    become: (authorizer, wanted, { user }) => becomeUser(wanted, new Rights(authorizer, user, 'impersonate', undefined)),
  },
];

function constrained(name: string, applies: Mode['applies'], seen = (attributes: AccessAttributes) => attributes): Mode {
  const verb = `impersonate:${name}`;
  return {
    constraint: verb,
    applies,
    async become(authorizer, wanted, request) {
      const rights = new Rights(authorizer, request.user, verb, seen);
      return (await rights.refusal({ ...request, verb: `impersonate-on:${name}:${request.verb}` })) ?? becomeUser(wanted, rights);
    },
  };
}

type Target = Partial<Pick<AccessAttributes, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>>;

/** What the requester may do in one mode. */
class Rights {
  readonly isConstrained: boolean;
  private readonly authorizer: Authorizer;
  private readonly user: UserInfo;
  private readonly verb: string;
  private readonly seen: (attributes: AccessAttributes) => AccessAttributes;

  /** @param seen how a constrained mode shows what it asks about */
  constructor(
    authorizer: Authorizer,
    user: UserInfo,
    verb: string,
    seen: ((attributes: AccessAttributes) => AccessAttributes) | undefined,
  ) {
    this.authorizer = authorizer;
    this.user = user;
    this.verb = verb;
    this.isConstrained = seen !== undefined;
    this.seen = seen ?? ((attributes) => attributes);
  }

  /** Names and groups are of the core group where it is the older right. */
  get nameGroup(): string {
    return this.isConstrained ? authenticationGroup : '';
  }

  on(target: Target): AccessAttributes {
    const nothing = { group: '', resource: '', subresource: '', namespace: '', name: '', path: '' };
    return { user: this.user, verb: this.verb, version: 'v1', resourceRequest: true, ...nothing, ...target };
  }

  async refusal(attributes: AccessAttributes): Promise<ApiError | undefined> {
    const asked = this.seen(attributes);
    const { decision, reason } = await this.authorizer.authorize(asked);
    return decision === 'allow' ? undefined : accessForbidden(asked, reason);
  }

  async firstRefusal(all: Iterable<AccessAttributes>): Promise<ApiError | undefined> {
    for (const attributes of all) {
      const refusal = await this.refusal(attributes);
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** Where there are many to ask about, whether all that there could be are allowed comes first. */
  async eachOf(all: readonly AccessAttributes[], every: Target): Promise<ApiError | undefined> {
    if (this.isConstrained && all.length >= manyChecks && !(await this.refusal({ ...all[0]!, ...every }))) return undefined;
    return this.firstRefusal(all);
  }
}

/** So many rights of one sort are asked for at once, if they can be. */
const manyChecks = 4;

async function becomeUser(wanted: Wanted, rights: Rights): Promise<UserInfo | ApiError> {
  return (
    (await rights.refusal(nameAsked(wanted, rights))) ??
    (wanted.uid === '' ? undefined : await rights.refusal(rights.on({ group: authenticationGroup, resource: 'uids', name: wanted.uid }))) ??
    (await groupsRefused(wanted, rights)) ??
    (await extraRefused(wanted, rights)) ??
    userOf(wanted, rights.isConstrained)
  );
}

function nameAsked({ username }: Wanted, rights: Rights): AccessAttributes {
  const group = rights.nameGroup;
  const account = serviceAccountOf(username);
  if (account) return rights.on({ group, resource: 'serviceaccounts', namespace: account[0], name: account[1] });
  const node = rights.isConstrained ? nodeOf(username) : undefined;
  return rights.on(node === undefined ? { group, resource: 'users', name: username } : { group, resource: 'nodes', name: node });
}

async function groupsRefused({ groups }: Wanted, rights: Rights): Promise<ApiError | undefined> {
  if (groups.length === 0) return undefined;
  const on = (name: string) => rights.on({ group: rights.nameGroup, resource: 'groups', name });
  if (rights.isConstrained) {
    if (groups.includes('')) return accessForbidden(on(''), 'impersonating the empty string group is not allowed');
    const all = 'system:masters';
    if (groups.includes(all)) return accessForbidden(on(all), `impersonating the ${all} group is not allowed`);
  }
  return rights.eachOf(groups.map(on), { name: '*' });
}

async function extraRefused({ extra }: Wanted, rights: Rights): Promise<ApiError | undefined> {
  if (extra.size === 0) return undefined;
  const on = (target: Target) => rights.on({ group: authenticationGroup, resource: 'userextras', ...target });
  const problem = rights.isConstrained ? extraProblem(extra) : undefined;
  if (problem !== undefined) return accessForbidden(on({}), problem);
  const all = [...extra].flatMap(([subresource, values]) => values.map((name) => on({ subresource, name })));
  return rights.eachOf(all, { subresource: '*', name: '*' });
}

function extraProblem(extra: Wanted['extra']): string | undefined {
  for (const [key, values] of extra) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    const [error] = validateDomainPath(key, FieldPath.of('extra', 'key'));
    if (error) return `impersonating an invalid key in extra is not allowed: ${error.field}: ${error.message}`;
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${goQuote(key)}`;
    if (values.length === 0) return 'impersonating empty values in extra is not allowed';
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function userOf({ username, uid, groups, extra }: Wanted, isConstrained: boolean): UserInfo {
  const account = serviceAccountOf(username);
  let all = groups;
  if (isConstrained && nodeOf(username) !== undefined) all = ['system:nodes'];
  // A service account that is impersonated without groups gets those it always has.
  else if (account && groups.length === 0) all = ['system:serviceaccounts', `system:serviceaccounts:${account[0]}`];
  const isAnonymous = username === 'system:anonymous' || all.includes('system:unauthenticated');
  const sort = isAnonymous ? 'system:unauthenticated' : 'system:authenticated';
  if (!all.includes(sort)) all = [...all, sort];
  return { username, groups: all, ...(uid ? { uid } : {}), ...(extra.size ? { extra: Object.fromEntries(extra) } : {}) };
}
