import type { Random } from '../../../src/machinery/random.ts';
import { pick } from '../mutations.ts';

/** A parameter of a query; the value as it is, not yet escaped. */
export type Parameter = readonly [name: string, value: string];

/** `?a=b&c=d`, or nothing. */
export function query(parameters: readonly Parameter[]): string {
  const text = parameters.map(([name, value]) => `${name}=${escaped(value)}`).join('&');
  return text && `?${text}`;
}

// `<name>` stands for something that only the server knows, and is filled in later.
const escaped = (value: string) => (/^<[a-z]+>$/i.test(value) ? value : encodeURIComponent(value));

const labelSelectors = [
  'tier=a',
  'tier=b',
  'tier!=a',
  'tier',
  '!tier',
  'tier in (a,b)',
  'tier notin (a)',
  'tier in (a),n notin (0,1)',
  'n=0',
  'n>0',
  'n<2',
  'tier==a,n',
  'app',
  '',
  'tier=',
  'tier in ()',
  'tier in (,a)',
  'tier in (a',
  'tier in a',
  '=a',
  'tier=a,',
  ',',
  'bad key=a',
  'tier=-a',
  'a/b/c=d',
  'n>x',
  '!tier=a',
  ' tier = a ',
  'tier===a',
  'x'.repeat(70),
  'kubernetes.io/metadata.name',
  'example.com/a=b',
];

const fieldNames = [
  'metadata.name',
  'metadata.namespace',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.hostNetwork',
  'status.phase',
  'status.podIP',
  'status.podIPs',
  'status.nominatedNodeName',
  'spec.unschedulable',
  'spec.clusterIP',
  'spec.type',
  'type',
  'reason',
  'source',
  'reportingComponent',
  'reportingController',
  'involvedObject.kind',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.fieldPath',
  'regarding.kind',
  'regarding.name',
  'status.successful',
  'status.replicas',
  'spec.signerName',
  'spec.driver',
  'spec.nodeName',
  'metadata.labels',
  'metadata.uid',
  'name',
  'kind',
  '',
];
const fieldValues = [
  '',
  'a',
  'default',
  'Running',
  'Pending',
  'true',
  'false',
  '0',
  'pod-0',
  'configmap-0',
  'none',
  'd.example.com',
  'Pod',
  'p',
];

/** A field selector of one or two requirements. @param names of objects and of the namespace, which it may ask for */
export function fieldSelector(random: Random, names: readonly string[]): string {
  const requirement = () => {
    const field = pick(random, random.next() < 0.4 ? ['metadata.name', 'metadata.namespace'] : fieldNames);
    const value = pick(random, random.next() < 0.6 ? names : fieldValues);
    return `${field}${pick(random, ['=', '=', '==', '!=', random.next() < 0.2 ? ' in ' : '='])}${value}`;
  };
  if (random.next() < 0.06)
    return pick(random, ['a', '=', 'metadata.name', 'metadata.name=a,', ',', 'metadata.name=a=b', 'metadata.name=a\\,b', '!a=b']);
  return random.next() < 0.7 ? requirement() : `${requirement()},${requirement()}`;
}

export const labelSelector = (random: Random): string => pick(random, labelSelectors);

const versions = ['', '0', '<before>', '<before>', '<now>', '1', '-1', 'x', '99999999999', '1.5', '00', '18446744073709551616'];
const matches = ['', 'Exact', 'NotOlderThan', 'Exact', 'NotOlderThan', 'exact', 'x'];

/** `resourceVersion` and `resourceVersionMatch`, each often absent; `<before>` and `<now>` are revisions that the exchange keeps. */
export function versionParameters(random: Random): Parameter[] {
  const parameters: Parameter[] = [];
  if (random.next() < 0.6) parameters.push(['resourceVersion', pick(random, versions)]);
  if (random.next() < 0.4) parameters.push(['resourceVersionMatch', pick(random, matches)]);
  return parameters;
}

const odd: readonly Parameter[] = [
  ['pretty', '1'],
  ['pretty', 'true'],
  ['pretty', '0'],
  ['pretty', 'x'],
  ['unknown', 'x'],
  ['timeoutSeconds', '5'],
  ['timeoutSeconds', 'x'],
  ['timeoutSeconds', '-1'],
  ['timeoutSeconds', '0'],
  ['timeout', '5s'],
  ['timeout', 'x'],
  ['timeout', '-1s'],
  ['limit', '0'],
  ['limit', '-1'],
  ['limit', 'x'],
  ['watch', '0'],
  ['watch', 'false'],
  ['watch', 'x'],
  ['watch', ''],
  ['allowWatchBookmarks', 'x'],
  ['allowWatchBookmarks', 'true'],
  ['sendInitialEvents', 'true'],
  ['sendInitialEvents', 'false'],
  ['continue', 'x'],
  ['continue', ''],
  ['fieldManager', 'm'],
  ['fieldValidation', 'x'],
  ['dryRun', 'All'],
  ['dryRun', 'x'],
  ['gracePeriodSeconds', 'x'],
  ['propagationPolicy', 'x'],
  ['export', 'true'],
  ['includeObject', 'None'],
  ['includeObject', 'Object'],
  ['includeObject', 'Metadata'],
  ['includeObject', 'x'],
  ['includeUninitialized', '1'],
  ['shardSelector', 'x'],
];

/** A parameter that is ignored, judged, or has nothing to do here, and what has to go with it. */
export function oddParameters(random: Random): Parameter[] {
  const parameter = pick(random, odd);
  // Most values of `watch` make a watch, which has to end.
  return parameter[0] === 'watch' ? [parameter, ['timeoutSeconds', '1']] : [parameter];
}

const json = 'application/json';
const protobuf = 'application/vnd.kubernetes.protobuf';
const meta = (as: string, version = 'v1', type = json) => `${type};as=${as};g=meta.k8s.io;v=${version}`;
const accepts = [
  json,
  json,
  'application/yaml',
  protobuf,
  protobuf,
  '*/*',
  '',
  'application/*',
  'text/html',
  'text/plain',
  'application/cbor',
  'application/xml, application/json',
  'application/json;q=0.1, application/yaml;q=0.9',
  'application/json;pretty=1',
  'application/json; charset=utf-8',
  'application/json;stream=watch',
  'application/json;profile=x',
  meta('Table'),
  meta('Table'),
  meta('Table', 'v1beta1'),
  meta('Table', 'v2'),
  meta('Table', 'v1', protobuf),
  meta('Table', 'v1', 'application/yaml'),
  `${meta('Table')}, application/json`,
  `${meta('Table', 'v2')}, application/json`,
  meta('PartialObjectMetadata'),
  meta('PartialObjectMetadata', 'v1beta1'),
  meta('PartialObjectMetadata', 'v1', protobuf),
  meta('PartialObjectMetadataList'),
  meta('PartialObjectMetadataList', 'v1beta1'),
  meta('PartialObjectMetadataList', 'v1', protobuf),
  meta('PartialObjectMetadataList', 'v1', 'application/yaml'),
  'application/json;as=Table',
  'application/json;as=Table;g=meta.k8s.io',
  'application/json;as=Thing;g=meta.k8s.io;v=v1',
  'application/json;as=Table;g=x;v=v1',
  `${protobuf};q=0.5, application/json;q=0.4`,
  'nonsense',
  'application/json;;',
];

/** What an answer may be asked for as. */
export const acceptOf = (random: Random): string => pick(random, accepts);

export { json, meta, protobuf };
