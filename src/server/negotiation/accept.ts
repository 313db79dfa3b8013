import { ApiError, notAcceptable } from '../../registry/errors.ts';

export type MediaType = 'json' | 'yaml' | 'protobuf';

/** What the client wants to read. */
export interface Negotiated {
  readonly mediaType: MediaType;
  /** Another form of the object: Table, PartialObjectMetadata, PartialObjectMetadataList, APIGroupDiscoveryList. */
  readonly as?: { readonly kind: string; readonly group: string; readonly version: string };
  /** `pretty=1` among the parameters. */
  readonly pretty: boolean;
}

/** Whether another form is offered by what is asked. */
export type Transforms = (as: NonNullable<Negotiated['as']>, mediaType: MediaType) => boolean;

export const mediaTypeNames: Readonly<Record<MediaType, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

const offered: readonly MediaType[] = ['json', 'yaml', 'protobuf'];
const streamed: readonly MediaType[] = ['json', 'protobuf'];
const plainJson: Negotiated = Object.freeze({ mediaType: 'json', pretty: false });

/** One of the media ranges of an Accept header. */
export interface Clause {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Table and PartialObjectMetadata(List) of meta.k8s.io v1 and v1beta1; tables have no protobuf form. */
export const objectTransforms: Transforms = ({ kind, group, version }, mediaType) => {
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return false;
  if (kind === 'Table') return mediaType !== 'protobuf';
  return kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList';
};

export const noTransforms: Transforms = () => false;

/**
 * The best offer among those clauses only that ask for another form.
 * @returns undefined if there is none, and the plain form is what is left
 */
export function negotiateForm(accept: string | undefined, transforms: Transforms): Negotiated | undefined {
  return accept?.includes('as=') ? bestOffer(parseAccept(accept), offered, transforms, true) : undefined;
}

/**
 * The best offer for an Accept header, by its order of preference; JSON if there is no header.
 * @param verb of lists and watches the router's refusal names streams as well
 * @param isCustom custom resources have no protobuf, except in other forms, and no router before them
 * @param isRouted the router has let the request through
 * @throws ApiError 406
 */
export function negotiate(
  accept: string | undefined,
  verb: string,
  transforms: Transforms,
  isCustom: () => boolean = () => false,
  isRouted = false,
): Negotiated {
  if (!accept || accept === 'application/json') return plainJson;
  const clauses = parseAccept(accept);
  // Custom resources are not behind the router.
  if (!isRouted && !clauses.some((clause) => isRoutable(clause, routable)) && !isCustom())
    throw notRoutable(verb === 'list' || verb === 'watch' ? [...routable, ...streams] : routable);
  const best = bestOffer(clauses, offered, transforms, false, isCustom);
  if (!best) throw noneOf(routable);
  // The best may be none that can be streamed, of which a watch is told only when it is about to begin.
  return best;
}

/** 406 of a watch in a form that cannot be streamed. */
export function notStreamed(): ApiError {
  return noneOf(streams);
}

function noneOf(names: readonly string[]): ApiError {
  return notAcceptable(`only the following media types are accepted: ${names.join(', ')}`);
}

/** The form of a failure. @returns undefined if the client takes none of those that a Status has */
export function negotiateStatus(accept: string): Negotiated | undefined {
  return bestOffer(parseAccept(accept), offered, noTransforms, false);
}

function bestOffer(
  clauses: readonly Clause[],
  offers: readonly MediaType[],
  transforms: Transforms,
  formOnly: boolean,
  lacksProtobuf: () => boolean = () => false,
): Negotiated | undefined {
  for (const clause of clauses) {
    for (const mediaType of offers) {
      const accepted = covers(clause, mediaType) ? acceptParameters(clause, mediaType, transforms) : undefined;
      if (!accepted || (formOnly && !accepted.as)) continue;
      if (accepted.as || mediaType !== 'protobuf' || !lacksProtobuf()) return accepted;
    }
  }
  return undefined;
}

const routable = offered.map((mediaType) => mediaTypeNames[mediaType]);
/** The routes of lists are those of watches as well. */
const streams = streamed.map((mediaType) => `${mediaTypeNames[mediaType]};stream=watch`);

/** The router looks at whole types only and knows no `application/*`; its refusal has words of its own. */
function isRoutable({ type, subtype }: Clause, names: readonly string[]): boolean {
  if (type === '*') return subtype === '*';
  return names.includes(`${type}/${subtype}`);
}

const routerWords = '406: Not Acceptable\n\nAvailable representations: ';

function notRoutable(names: readonly string[]): ApiError {
  return new ApiError(406, 'NotAcceptable', `${routerWords}${names.join(', ')}`, {});
}

/** Whether it is the router that did not let a request through, before any handler. */
export function isRefusedByRouter(error: unknown): boolean {
  return error instanceof ApiError && error.message.startsWith(routerWords);
}

/** What a route that writes text of its own lets through. @throws ApiError 406 */
export function negotiateText(accept: string | undefined): void {
  negotiateOnly(['text/plain', ...routable], accept);
}

/**
 * The form of a page about the server, which is text or, where a client names the kind, an object of it.
 * @throws ApiError 406
 */
export function negotiatePage(
  accept: string | undefined,
  wanted: { readonly kind: string; readonly group: string; readonly versions: readonly string[] },
): 'text' | { readonly mediaType: 'json' | 'yaml'; readonly version: string; readonly pretty: boolean } {
  const isWanted: Transforms = ({ kind, group, version }) =>
    kind === wanted.kind && group === wanted.group && wanted.versions.includes(version);
  for (const clause of accept ? parseAccept(accept) : []) {
    for (const mediaType of ['json', 'yaml'] as const) {
      const accepted = covers(clause, mediaType) ? acceptParameters(clause, mediaType, isWanted) : undefined;
      if (accepted?.as) return { mediaType, version: accepted.as.version, pretty: accepted.pretty };
    }
    const { type, subtype } = clause;
    if ((type === 'text' || type === '*') && ['plain', '*', ''].includes(subtype)) return 'text';
  }
  if (!accept) return 'text';
  throw noneOf([mediaTypeNames.json, mediaTypeNames.yaml, 'text/plain']);
}

/** What a route lets through that answers in these types alone. @throws ApiError 406 */
export function negotiateOnly(names: readonly string[], accept: string | undefined): void {
  if (accept && !parseAccept(accept).some((clause) => isRoutable(clause, names))) throw notRoutable(names);
}

function covers({ type, subtype }: Clause, mediaType: MediaType): boolean {
  if (type === '*' && (subtype === '*' || subtype === '')) return true;
  return type === 'application' && (subtype === '*' || `${type}/${subtype}` === mediaTypeNames[mediaType]);
}

function acceptParameters({ parameters }: Clause, mediaType: MediaType, transforms: Transforms): Negotiated | undefined {
  let as = '';
  let group = '';
  let version = '';
  let pretty = false;
  for (const [name, value] of parameters) {
    if (name === 'as') as = value;
    else if (name === 'g') group = value;
    else if (name === 'v') version = value;
    else if (name === 'pretty') pretty = value === '1';
    else if (name === 'stream' && value !== '' && (value !== 'watch' || mediaType === 'yaml')) return undefined;
  }
  // Group or version alone name a form as well, which there is not.
  if (as === '' && group === '' && version === '') return { mediaType, pretty };
  const wanted = { kind: as, group, version };
  return transforms(wanted, mediaType) ? { mediaType, as: wanted, pretty } : undefined;
}

/** Clauses by falling quality; among equals, `*` comes last and the order of the header decides. */
export function parseAccept(header: string): Clause[] {
  const clauses = header
    .split(',')
    .map(parseClause)
    .filter((clause) => clause !== undefined);
  return clauses.sort((a, b) => b.quality - a.quality || wildness(a) - wildness(b));
}

function wildness({ type, subtype }: Clause): number {
  return type === '*' ? 2 : subtype === '*' ? 1 : 0;
}

function parseClause(text: string): Clause | undefined {
  const [range = '', ...rest] = text.split(';');
  const [type = '', subtype = '', more] = range.trim().split('/');
  if (more !== undefined) return undefined;
  // A lone `*` stands for everything in the negotiation, though the router does not know it.
  if (subtype === '' && type !== '*') return undefined;
  let quality = 1;
  const parameters: [string, string][] = [];
  for (const parameter of rest) {
    const at = parameter.indexOf('=');
    if (at < 0) continue;
    const name = parameter.slice(0, at).trim();
    const value = parameter.slice(at + 1).trim();
    if (name === 'q') quality = qualityOf(value);
    else parameters.push([name, value]);
  }
  return { type, subtype, quality, parameters };
}

function qualityOf(value: string): number {
  const number = Number(value);
  return Number.isNaN(number) ? 1 : number;
}
