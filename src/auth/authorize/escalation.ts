import { goQuote } from '../../../api/meta/go-quote.ts';
import { aggregate, compareText, quotedList, sorted } from '../../../api/meta/text.ts';
import type { UserInfo } from '../types.ts';
import { matchesPath, type Rule } from './rbac.ts';
import type { Binding } from './subject-bindings.ts';

/** One verb on one thing. */
interface Right {
  readonly verb: string;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly resourceName?: string;
  readonly nonResourceURL?: string;
}

/**
 * What `wanted` gives beyond `held`, as upstream prints it, a line each; empty if all of it is held. Rights to the same thing come together in one line.
 */
export function missingRights(held: readonly Rule[], wanted: readonly Rule[]): string[] {
  const verbsByThing = new Map<string, { readonly right: Right; readonly verbs: Set<string> }>();
  for (const right of uncovered(held, wanted)) {
    const { verb, ...thing } = right;
    // Rights to paths stand alone.
    const key = JSON.stringify(right.nonResourceURL === undefined ? thing : right);
    const known = verbsByThing.get(key);
    if (known) known.verbs.add(verb);
    else verbsByThing.set(key, { right, verbs: new Set([verb]) });
  }
  return sorted(Array.from(verbsByThing.values(), ({ right, verbs }) => describe(right, [...verbs])));
}

/** What `wanted` gives beyond `held`, as rules with one verb on one thing each, in the order of the wanted ones. */
export function missingRules(held: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  return uncovered(held, wanted).map(({ verb, apiGroup, resource, resourceName, nonResourceURL }) =>
    nonResourceURL !== undefined
      ? { verbs: [verb], nonResourceURLs: [nonResourceURL] }
      : {
          verbs: [verb],
          apiGroups: [apiGroup!],
          resources: [resource!],
          ...(resourceName === undefined ? {} : { resourceNames: [resourceName] }),
        },
  );
}

function uncovered(held: readonly Rule[], wanted: readonly Rule[]): Right[] {
  return wanted.flatMap(rightsOf).filter((right) => !held.some((rule) => covers(rule, right)));
}

/**
 * `user "bob" (groups=["ops"]) is attempting to grant RBAC permissions not currently held:` with the rights below.
 * @param dangling the user's bindings of roles that there are not; upstream reads them in the order of storage, and tells of both kinds of roles alike
 */
export function escalationMessage({ username, groups }: UserInfo, missing: readonly string[], dangling: readonly Binding[]): string {
  const message = `user ${goQuote(username)} (groups=${quotedList(groups)}) is attempting to grant RBAC permissions not currently held:\n${missing.join('\n')}`;
  if (dangling.length === 0) return message;
  const errors = dangling
    .toSorted(compareBindings)
    .map(({ roleRef }) => `roles.rbac.authorization.k8s.io ${goQuote(roleRef.name)} not found`);
  return `${message}; resolution errors: [${aggregate(errors)}]`;
}

function compareBindings(a: Binding, b: Binding): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

function rightsOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): Right[] {
  const rights: Right[] = [];
  for (const apiGroup of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        if (resourceNames.length === 0) rights.push({ verb, apiGroup, resource });
        for (const resourceName of resourceNames) rights.push({ verb, apiGroup, resource, resourceName });
      }
    }
  }
  for (const nonResourceURL of nonResourceURLs) for (const verb of verbs) rights.push({ verb, nonResourceURL });
  return rights;
}

function covers(rule: Rule, { verb, apiGroup, resource, resourceName, nonResourceURL }: Right): boolean {
  const has = (list: readonly string[] | undefined, value: string) => list !== undefined && (list.includes('*') || list.includes(value));
  if (!has(rule.verbs, verb)) return false;
  if (nonResourceURL !== undefined) return (rule.nonResourceURLs ?? []).some((pattern) => matchesPath(pattern, nonResourceURL));
  const names = rule.resourceNames ?? [];
  if (names.length > 0 && (resourceName === undefined || !names.includes(resourceName))) return false;
  return has(rule.apiGroups, apiGroup!) && coversResource(rule.resources ?? [], resource!);
}

function coversResource(resources: readonly string[], resource: string): boolean {
  if (resources.includes('*') || resources.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && resources.includes(`*${resource.slice(slash)}`);
}

function describe({ apiGroup, resource, resourceName, nonResourceURL }: Right, verbs: readonly string[]): string {
  const parts: string[] = [];
  if (apiGroup !== undefined) parts.push(`APIGroups:${quotedList([apiGroup])}`);
  if (resource !== undefined) parts.push(`Resources:${quotedList([resource])}`);
  if (nonResourceURL !== undefined) parts.push(`NonResourceURLs:${quotedList([nonResourceURL])}`);
  if (resourceName !== undefined) parts.push(`ResourceNames:${quotedList([resourceName])}`);
  return `{${[...parts, `Verbs:${quotedList(verbs)}`].join(', ')}}`;
}
