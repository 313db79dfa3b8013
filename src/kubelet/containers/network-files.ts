import type { Pod } from '../../../openapi/types.ts';

/* The files by which a container finds others: its kubelet writes them. */

const hostNetworkHeader = '# Kubernetes-managed hosts file (host network).\n';
const clusterDomain = 'cluster.local';

/** Where names are looked up, and how: what resolv.conf says. */
interface Resolving {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

/** The nodes' own way to look up names: where Docker answers. */
const nodesOwn: Resolving = { nameservers: ['127.0.0.11'], searches: [], options: [] };
/** So many name servers a resolver asks. */
const nameserversAtMost = 3;

export function hostnameOf({ metadata, spec }: Pod): string {
  return spec?.hostNetwork ? (spec.nodeName ?? '') : spec?.hostname || metadata!.name!.slice(0, 63).replace(/[-.]+$/, '');
}

/**
 * /etc/hosts of a pod's containers.
 * @param address the pod's @param ofNode the node's file
 */
export function hostsFile(pod: Pod, address: string, ofNode: () => string): string {
  const { metadata, spec } = pod;
  if (spec!.hostNetwork) return hostNetworkHeader + ofNode();
  const hostname = hostnameOf(pod);
  const domain = spec!.subdomain ? `${hostname}.${spec!.subdomain}.${metadata!.namespace}.svc.${clusterDomain}\t` : '';
  const aliases = (spec!.hostAliases ?? []).map(({ ip, hostnames }) => `${ip}\t${(hostnames ?? []).join('\t')}\n`);
  return [
    '# Kubernetes-managed hosts file.\n',
    '127.0.0.1\tlocalhost\n',
    '::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\n',
    'fe00::0\tip6-mcastprefix\n',
    'fe00::1\tip6-allnodes\n',
    'fe00::2\tip6-allrouters\n',
    `${address}\t${domain}${hostname}\n`,
    ...(aliases.length > 0 ? ['\n# Entries added by HostAliases.\n', ...aliases] : []),
  ].join('');
}

/**
 * /etc/resolv.conf of a pod's containers, by the pod's policy and its own configuration.
 * @param clusterDns addresses of the cluster's name service
 */
export function resolverFile({ metadata, spec }: Pod, clusterDns: readonly string[]): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = spec!;
  const { nameservers, searches, options } = byPolicy(
    // On the node's network the node's way is meant, unless the policy says so otherwise.
    dnsPolicy === 'ClusterFirst' && hostNetwork ? 'Default' : dnsPolicy,
    metadata!.namespace!,
    clusterDns,
  );
  const own = (dnsConfig?.options ?? []).map(({ name = '', value }) => (value ? `${name}:${value}` : name));
  const nameOf = (option: string) => option.split(':')[0];
  const lines: [string, readonly string[]][] = [
    ['search', [[...searches, ...(dnsConfig?.searches ?? [])].filter(isFirst).join(' ')]],
    ['nameserver', [...nameservers, ...(dnsConfig?.nameservers ?? [])].filter(isFirst).slice(0, nameserversAtMost)],
    ['options', [[...options.filter((option) => !own.some((other) => nameOf(other) === nameOf(option))), ...own].join(' ')]],
  ];
  return lines.flatMap(([key, values]) => values.filter((value) => value !== '').map((value) => `${key} ${value}\n`)).join('');
}

function byPolicy(policy: string, namespace: string, clusterDns: readonly string[]): Resolving {
  if (policy === 'None') return { nameservers: [], searches: [], options: [] };
  if (policy === 'Default') return nodesOwn;
  const searches = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return { nameservers: clusterDns, searches: [...searches, ...nodesOwn.searches], options: ['ndots:5'] };
}

function isFirst(text: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(text) === at;
}
