import { formatGoDuration, parseGoDuration } from '../../../../api/meta/duration.ts';
import { type FieldReader, parseFieldSelector } from '../../../../api/meta/field-selector.ts';
import { parseLabelSelector } from '../../../../api/meta/label-selector.ts';
import { ApiError, badRequest, notFound } from '../../../registry/errors.ts';
import { flagsOf } from '../command-line.ts';
import { bytesOf } from '../files.ts';
import type { ImageRule, Serve, ServerStart } from '../rules.ts';
import { type WebAnswer, type WebRequest, webServer } from '../web-server.ts';
import { group, groupVersion, type Kind, kinds, type Measured } from './measured.ts';

/**
 * metrics-server: the resource metrics API over what the nodes of this process use. It takes the word of whoever reaches it, as those are API servers that have
 * seen to the user's rights; and it speaks without TLS, as its connections do not leave the process.
 */
function metricsServer({ command, usage }: ServerStart): ReadonlyMap<number, Serve> {
  const flags = flagsOf(command.slice(1));
  const window = formatGoDuration(durationOf(flags.get('metric-resolution') ?? '1m'));
  const measure = (kind: Kind) => usage().flatMap((node) => kind.measure(node, window));
  const serve = webServer((request) => {
    try {
      return answerOf(request, measure);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return refusal(error);
    }
  });
  return new Map([[Number(flags.get('secure-port') ?? 443), serve]]);
}

/** Milliseconds; a minute for what is no duration. */
function durationOf(text: string): number {
  try {
    return parseGoDuration(text);
  } catch {
    return 60_000;
  }
}

type Measure = (kind: Kind) => readonly Measured[];

function answerOf({ method, path, query, headers }: WebRequest, measure: Measure): WebAnswer {
  if (method !== 'GET' && method !== 'HEAD')
    throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  const version = { groupVersion, version: 'v1beta1' };
  const about = { name: group, versions: [version], preferredVersion: version };
  switch (path) {
    case '/livez':
    case '/readyz':
    case '/healthz':
      return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: 'ok' };
    case '/apis':
      return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: [about] });
    case `/apis/${group}`:
      return json({ kind: 'APIGroup', apiVersion: 'v1', ...about });
    case `/apis/${groupVersion}`:
      return json({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: kinds.map(resourceOf) });
  }
  const [, namespace, plural, name] =
    /^\/apis\/metrics\.k8s\.io\/v1beta1(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const kind = kinds.find((candidate) => candidate.plural === plural);
  if (!kind || (!isNamespaced(kind) && namespace !== undefined))
    throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
  const asTable = wantsTable(headers.accept ?? '*/*');
  const there = measure(kind).filter(({ metrics }) => namespace === undefined || metrics.metadata.namespace === namespace);
  if (name !== undefined) {
    const found = there.find(({ metrics }) => metrics.metadata.name === name);
    if (!found) throw notFound({ group, resource: kind.kind.toLowerCase() }, namespace === undefined ? name : `${namespace}/${name}`);
    return json(asTable ? tableOf(kind, [found]) : { kind: kind.kind, apiVersion: groupVersion, ...found.metrics });
  }
  const items = there.filter(selected(query)).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  if (asTable) return json(tableOf(kind, items));
  return json({ kind: `${kind.kind}List`, apiVersion: groupVersion, metadata: {}, items: items.map(({ metrics }) => metrics) });
}

function isNamespaced({ plural }: Kind): boolean {
  return plural === 'pods';
}

function resourceOf(kind: Kind): object {
  return { name: kind.plural, singularName: '', namespaced: isNamespaced(kind), kind: kind.kind, verbs: ['get', 'list'] };
}

const readers: Readonly<Record<string, FieldReader<Measured>>> = {
  'metadata.name': ({ metrics }) => metrics.metadata.name ?? '',
  'metadata.namespace': ({ metrics }) => metrics.metadata.namespace ?? '',
};

/** @throws ApiError 400 */
function selected(query: URLSearchParams): (measured: Measured) => boolean {
  try {
    const labels = parseLabelSelector(query.get('labelSelector') ?? '');
    const fields = parseFieldSelector(query.get('fieldSelector') ?? '').compile(readers);
    return (measured) => labels.matches(measured.metrics.metadata.labels) && fields(measured);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

function orderOf({ metrics: { metadata } }: Measured): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Whether a Table comes first of what the client takes. @throws ApiError 406 for who takes no JSON */
function wantsTable(accept: string): boolean {
  const taken = accept.split(',').map((type) => type.trim().replaceAll(' ', ''));
  const first = taken.find(
    (type) => /^(application\/(json|\*)|\*\/\*)(;|$)/.test(type) && (!type.includes(';as=') || type.includes(';as=Table;')),
  );
  if (first === undefined)
    throw new ApiError(
      406,
      'NotAcceptable',
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  return first.includes(';as=Table;');
}

function tableOf({ kind }: Kind, items: readonly Measured[]): object {
  const column = (name: string, format: string, description = '') => ({ name, type: 'string', format, description, priority: 0 });
  const columns = [
    column('Name', 'name', 'Name of the resource'),
    column('cpu', 'quantity'),
    column('memory', 'quantity'),
    column('Window', 'duration'),
  ];
  const rows = items.map(({ metrics, total }) => ({
    cells: [metrics.metadata.name, total.cpu, total.memory, metrics.window],
    object: { kind, apiVersion: groupVersion, ...metrics },
  }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, columnDefinitions: items.length > 0 ? columns : null, rows };
}

function refusal({ code, reason, message, details }: ApiError): WebAnswer {
  return json(
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details ? { details } : {}), code },
    code,
  );
}

function json(value: object, status = 200): WebAnswer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: bytesOf(`${JSON.stringify(value)}\n`) };
}

/** The image of metrics-server, whoever built it. */
export const metricsServerImage: ImageRule = {
  image: ['*/metrics-server:*', '*/metrics-server@*'],
  program: { entrypoint: ['/metrics-server'], listens: metricsServer },
};
