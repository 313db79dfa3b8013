import type { Reply } from './connection.ts';

const patterns: readonly [RegExp, string][] = [
  [/(ResourceVersion in (?:record|object meta):? \(?)\d+/g, '$1<revision>'],
  [/resourceVersion(\\*"?): ?(\\*")?\d+(\\*")?/g, 'resourceVersion: <revision>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/\b10\.(9[6-9]|10\d|11[01])\.\d{1,3}\.\d{1,3}\b/g, '<clusterIP>'],
  [/X509SHA256=[0-9a-f]{64}/g, '<certificate>'],
  [/kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, 'kube-api-access-<random>'],
  // Types of kinds in policies' statuses.
  [/\b([A-Z][A-Za-z]+)\d+(?=\.[a-z(]|, |\))/g, '$1<number>'],
  [/\bselfType\d+/g, 'selfType'],
  // Node ports, and the names of ReplicaSets in messages.
  [/\b3[0-2]\d{3}\b/g, '<port>'],
  [/(ReplicaSet \\*"[a-z0-9-]+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}\\*"/g, '$1-<hash>'],
  [/(Too large resource version: \d+, current: )\d+/g, '$1<revision>'],
];

/** A text without what differs between two runs of one server. */
export function scrub(text: string): string {
  return patterns.reduce((result, [pattern, instead]) => result.replace(pattern, instead), text);
}

/** An answer without what differs between two runs of one server. */
export function normalized(reply: Reply): unknown {
  const body = withSortedRules(normal(reply.body));
  return {
    status: reply.status,
    contentType: reply.contentType,
    warning: scrub(reply.warning),
    body: isStatus(body) ? inAnyOrder(body) : body,
  };
}

/** Upstream gathers a user's rules from lists without an order. */
function withSortedRules(body: unknown): unknown {
  const { kind, status } = (body ?? {}) as { kind?: string; status?: Record<string, unknown[]> };
  if (kind !== 'SelfSubjectRulesReview' || !status) return body;
  const sorted = (rules: unknown[] = []) => [...rules].sort((a, b) => text(a).localeCompare(text(b)));
  const rules = { resourceRules: sorted(status['resourceRules']), nonResourceRules: sorted(status['nonResourceRules']) };
  return { ...(body as object), status: { ...status, ...rules } };
}

interface Status {
  readonly kind: 'Status';
  readonly message?: string;
  readonly details?: { readonly group?: string; readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

function isStatus(body: unknown): body is Status {
  return (body as Status | undefined)?.kind === 'Status';
}

/**
 * What Go tells in the order in which it goes through a map, which is another one each time: several errors of one map (labels, parameters,
 * resources), and the type errors of an applied configuration. Their order is not compared.
 */
function inAnyOrder(status: Status): Status {
  const lines = (status.message ?? '').split('\n');
  const message =
    lines.length > 2 && lines.slice(1).every((line) => line.startsWith('  .'))
      ? [lines[0], ...lines.slice(1).sort()].join('\n')
      : status.message;
  const causes = status.details?.causes ?? [];
  // The values of a custom object are gone through in no order at all.
  const isCustom = status.details?.group?.endsWith('.example.com') === true;
  const place = (field: string | undefined) => field?.replace(/\[[^\]]*[^\]\d][^\]]*\].*$/, '') ?? '';
  const places = causes.map(({ field }) => place(field));
  if (new Set(places).size === places.length && !isCustom) return { ...status, ...(message === undefined ? {} : { message }) };
  const sorted = [...causes].sort((a, b) => {
    const [x, y] = [place(a.field), place(b.field)];
    return x === y || isCustom ? text(a).localeCompare(text(b)) : places.indexOf(x) - places.indexOf(y);
  });
  return {
    ...status,
    message: (message ?? '')
      .split(/[ ,[\]]+/)
      .sort()
      .join(' '),
    details: { ...status.details, causes: sorted },
  };
}

const text = (value: unknown): string => JSON.stringify(value);

function normal(value: unknown, key?: string, parent?: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => normal(item));
  if (typeof value === 'object' && value !== null) {
    const object = value as Record<string, unknown>;
    return Object.fromEntries(Object.entries(object).map(([name, inside]) => [scrub(name), normal(inside, name, object)]));
  }
  if (typeof value !== 'string') return key === 'nodePort' || key === 'healthCheckNodePort' ? '<port>' : value;
  if (key === 'uid') return '<uid>';
  if (key === 'resourceVersion' && value !== '' && value !== '0') return '<revision>';
  const base = parent?.['generateName'];
  if (key === 'name' && typeof base === 'string' && base !== '' && value.startsWith(base)) return `${base}<random>`;
  return scrub(value);
}

export interface Difference {
  readonly path: string;
  readonly want: unknown;
  readonly got: unknown;
}

/** Where two values differ, innermost places. */
export function differences(want: unknown, got: unknown, path = ''): Difference[] {
  if (Object.is(want, got)) return [];
  const comparable = (value: unknown): value is object => typeof value === 'object' && value !== null;
  if (comparable(want) && comparable(got) && Array.isArray(want) === Array.isArray(got)) {
    const a = want as Record<string, unknown>;
    const b = got as Record<string, unknown>;
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differences(a[key], b[key], `${path}.${key}`));
  }
  return [{ path, want, got }];
}
