import { loadDescriptions } from '../definitions.ts';
import type { Parameter } from './operation.ts';

const types: Readonly<Record<string, Parameter['type']>> = {
  allowWatchBookmarks: 'boolean',
  follow: 'boolean',
  force: 'boolean',
  gracePeriodSeconds: 'integer',
  ignoreStoreReadErrorWithClusterBreakingPotential: 'boolean',
  insecureSkipTLSVerifyBackend: 'boolean',
  limit: 'integer',
  limitBytes: 'integer',
  orphanDependents: 'boolean',
  ports: 'integer',
  previous: 'boolean',
  sendInitialEvents: 'boolean',
  sinceSeconds: 'integer',
  stderr: 'boolean',
  stdin: 'boolean',
  stdout: 'boolean',
  tailLines: 'integer',
  timeoutSeconds: 'integer',
  timestamps: 'boolean',
  tty: 'boolean',
  watch: 'boolean',
};

const writing = ['dryRun', 'fieldManager', 'fieldValidation'];
const selecting = ['continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'resourceVersionMatch'];
const listing = [...selecting, 'sendInitialEvents', 'shardSelector', 'timeoutSeconds'];
const deleting = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];

/** Query parameters of each action. `connect` has those of its options kind instead. */
export const actionParameters: Readonly<Record<string, readonly string[]>> = {
  get: ['pretty'],
  list: [...listing, 'allowWatchBookmarks', 'watch', 'pretty'],
  watch: [...listing, 'allowWatchBookmarks', 'watch', 'pretty'],
  post: [...writing, 'pretty'],
  put: [...writing, 'pretty'],
  patch: [...writing, 'force', 'pretty'],
  delete: [...deleting, 'pretty'],
  deletecollection: [...listing, ...deleting, 'pretty'],
};

/** Fields of the kinds that only carry the parameters of a `connect` operation, and of a log's query. */
export const optionParameters: Readonly<Record<string, readonly string[]>> = {
  PodExecOptions: ['command', 'container', 'stderr', 'stdin', 'stdout', 'tty'],
  PodAttachOptions: ['container', 'stderr', 'stdin', 'stdout', 'tty'],
  PodPortForwardOptions: ['ports'],
  PodProxyOptions: ['path'],
  ServiceProxyOptions: ['path'],
  NodeProxyOptions: ['path'],
  log: [
    ...['container', 'follow', 'insecureSkipTLSVerifyBackend', 'limitBytes', 'previous', 'sinceSeconds', 'stream', 'tailLines'],
    'timestamps',
  ],
};

/** @param set where descriptions are looked up first: `patch`, `log` or an options kind */
export function queryParameters(names: readonly string[], set: string): Parameter[] {
  const { parameters } = loadDescriptions();
  return names.map((name) => ({
    name,
    in: 'query' as const,
    type: types[name] ?? 'string',
    description: parameters[set]?.[name] ?? parameters['common']![name] ?? '',
  }));
}

export function pathParameters(path: string, kind: string): Parameter[] {
  const descriptions: Record<string, string> = {
    name: `name of the ${kind}`,
    namespace: loadDescriptions().parameters['common']!['namespace']!,
    path: 'path to the resource',
  };
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name!,
    in: 'path' as const,
    type: 'string' as const,
    description: descriptions[name!]!,
  }));
}
