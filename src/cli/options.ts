import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { InvalidArgumentError, Command as Program } from 'commander';

import { type ApiServerFlags, addApiServerFlags, flagConflict } from './apiserver-flags.ts';
import { configured, list, parse, trueOrFalse, UsageError } from './command-line.ts';
import { boolean, goDuration, integer } from './go-values.ts';

/** The parts of a cluster, any of which can run in a process of its own. */
export const components = ['apiserver', 'controllers', 'scheduler', 'fleet'] as const;
export type Component = (typeof components)[number];

/** What `orrery up` was asked for. */
export interface UpOptions extends ApiServerFlags {
  readonly port: number;
  readonly bindAddress: string;
  readonly dataDir: string;
  readonly memory: boolean;
  /** Absent: `kubeconfig` in the data directory. */
  readonly kubeconfig?: string;
  readonly nodes: number;
  readonly components: readonly Component[];
  /** As kube-controller-manager's flag of this name. */
  readonly controllers: readonly string[];
  readonly tokenAuthFile?: string;
  /** One, or one of each family. */
  readonly serviceClusterIpRange: readonly string[];
  readonly clusterCidr: readonly string[];
  readonly loadBalancerCidr: string;
  readonly horizontalPodAutoscalerSyncPeriod: number;
  readonly compactionInterval: number;
  readonly logLevel: string;
  readonly auditPolicyFile?: string;
  readonly auditLogPath?: string;
  readonly auditLogMaxsize: number;
  readonly auditLogMaxbackup: number;
  readonly auditLogMaxage: number;
  readonly auditWebhookConfigFile?: string;
  readonly auditWebhookBatchMaxSize: number;
  readonly auditWebhookBatchMaxWait: number;
  readonly auditWebhookInitialBackoff: number;
  readonly auditWebhookMode: string;
  readonly auditLogTruncateEnabled: boolean;
  readonly auditLogTruncateMaxEventSize: number;
  readonly auditWebhookTruncateEnabled: boolean;
  readonly auditWebhookTruncateMaxEventSize: number;
  /** PEM of the authorities of proxies that name the user in headers; absent: the cluster's own. */
  readonly requestheaderClientCaFile?: string;
  /** Absent: any name, of the cluster's own authority that of its proxy certificate. */
  readonly requestheaderAllowedNames?: readonly string[];
  readonly requestheaderUsernameHeaders: readonly string[];
  readonly requestheaderUidHeaders: readonly string[];
  readonly requestheaderGroupHeaders: readonly string[];
  readonly requestheaderExtraHeadersPrefix: readonly string[];
  /** With which requests are passed on to extension API servers; absent: the cluster's own. */
  readonly proxyClientCertFile?: string;
  readonly proxyClientKeyFile?: string;
  readonly maxRequestsInflight: number;
  readonly maxMutatingRequestsInflight: number;
  /** A KubeSchedulerConfiguration. */
  readonly schedulerConfig?: string;
}

/** What `orrery why pod NAME` was asked for. */
export interface WhyOptions {
  readonly name: string;
  readonly namespace: string;
  readonly kubeconfig: string;
  readonly schedulerConfig?: string;
}

/** What `orrery envtest` was asked for. */
export interface EnvtestOptions {
  /** Absent: a folder of the user's cache. */
  readonly folder?: string;
}

export type Command =
  | { readonly name: 'up' | 'kube-apiserver'; readonly options: UpOptions }
  | { readonly name: 'why'; readonly options: WhyOptions }
  | { readonly name: 'envtest'; readonly options: EnvtestOptions };

/**
 * Reads `orrery up [flags]` and the other commands.
 * @param args the arguments after the script's name
 * @throws UsageError
 */
export function parseArguments(args: readonly string[], version: string): Command {
  let result: Command | undefined;
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const program = configured(new Program('orrery'), write)
    .description('A working model of a Kubernetes cluster in one process.')
    .version(version)
    .allowExcessArguments()
    .action(() => {
      const [name] = program.args;
      program.error(
        name === undefined
          ? "name a command, such as 'orrery up'"
          : `unknown command '${name}'; the commands are 'orrery up', 'orrery why' and 'orrery envtest'`,
      );
    });
  const up: Program = withUpFlags(configured(program.command('up'), write))
    .description('Start a cluster and serve it until it is interrupted.')
    .action((options) => {
      const conflict = flagConflict(options);
      if (conflict !== undefined) up.error(conflict);
      result = { name: 'up', options };
    });
  configured(program.command('why'), write)
    .showHelpAfterError("Run 'orrery why --help' for all flags.")
    .description('Tell why a pod is on its node, or why it has none: what the scheduler thinks of each node.')
    .argument('<kind>', 'pod', onlyPods)
    .argument('<name>', "the pod's name")
    .option('-n, --namespace <namespace>', "the pod's namespace", 'default')
    .option('--kubeconfig <file>', 'how to reach the cluster (default: $KUBECONFIG)')
    .option('--scheduler-config <file>', 'the configuration that the scheduler was started with, if it has one')
    .action((_kind, name, { kubeconfig = process.env.KUBECONFIG || join('.orrery', 'kubeconfig'), ...options }) => {
      result = { name: 'why', options: { ...options, name, kubeconfig } };
    });
  configured(program.command('envtest'), write)
    .showHelpAfterError("Run 'orrery envtest --help'.")
    .description('Make a folder for $KUBEBUILDER_ASSETS, with which envtest starts Orrery, and print its path.')
    .argument('[folder]', 'where (default: a folder of your cache)')
    .action((folder) => {
      result = { name: 'envtest', options: { ...(folder === undefined ? {} : { folder }) } };
    });
  const apiServer: Program = withKubeApiServerFlags(configured(program.command('kube-apiserver'), write))
    .showHelpAfterError("Run 'orrery kube-apiserver --help' for all flags.")
    .description('Serve the API alone, in memory, as envtest starts kube-apiserver.')
    .action((given) => {
      const options = upOptionsOf(given);
      const conflict = flagConflict(options);
      if (conflict !== undefined) apiServer.error(conflict);
      result = { name: 'kube-apiserver', options };
    });
  parse(program, args, () => output);
  return result!;
}

function withUpFlags(command: Program): Program {
  command
    .option('--port <number>', 'port of the API server; 0 takes a free one', port, 6443)
    .option('--data-dir <folder>', 'where the cluster is kept; one process at a time', '.orrery')
    .option('--memory', 'keep nothing on disk', false)
    .option('--kubeconfig <file>', "where the administrator's kubeconfig is written (default: kubeconfig in the data directory)")
    .option('--nodes <number>', 'simulated nodes to run', wholeNumber(0, 5000), 3)
    .option('--components <list>', `which of ${components.join(',')} to run`, componentList, [...components])
    .option('--controllers <list>', 'controllers to run: * for those on by default, NAME, or -NAME for one that is not to run', list, ['*'])
    .option('--cluster-cidr <cidr>', 'addresses of pods, and the families of nodes; a second range likewise', podCidrs, ['10.244.0.0/16'])
    .option('--load-balancer-cidr <cidr>', 'addresses of Services of type LoadBalancer, where there are nodes', cidr, '172.18.255.0/24')
    .option('--horizontal-pod-autoscaler-sync-period <duration>', 'how often each autoscaler looks', duration, 15_000)
    .option('--compaction-interval <duration>', 'what is older can no longer be listed or watched', duration, 300_000)
    .option(
      '--scheduler-config <file>',
      "the scheduler's profiles and plugins: a KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1",
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', logLevel, 'warn');
  return withServerFlags(command);
}

/** Adds the flags of the API server alone, which `orrery kube-apiserver` has as well. */
function withServerFlags(command: Program): Program {
  command
    .option('--bind-address <address>', 'address to listen on', address, '127.0.0.1')
    .option('--token-auth-file <file>', 'static tokens, in kube-apiserver\'s form: token,user,uid[,"group,…"]')
    .option('--service-cluster-ip-range <cidr>', 'addresses of Services; a second range is of the other family', cidrs, ['10.96.0.0/16'])
    .option('--requestheader-client-ca-file <file>', "authorities of proxies that name the user in headers (default: the cluster's own)")
    .option('--requestheader-allowed-names <list>', "common names of these proxies' certificates (default: any)", list)
    .option('--requestheader-username-headers <list>', 'headers that name the user, the first that is there counts', list, [
      'X-Remote-User',
    ])
    .option('--requestheader-uid-headers <list>', 'headers with its uid', list, [])
    .option('--requestheader-group-headers <list>', 'headers with its groups', list, ['X-Remote-Group'])
    .option('--requestheader-extra-headers-prefix <list>', 'prefixes of headers with further facts', list, ['X-Remote-Extra-'])
    .option('--proxy-client-cert-file <file>', "certificate to show to extension API servers (default: the cluster's own)")
    .option('--proxy-client-key-file <file>', 'its key')
    .option('--enable-priority-and-fairness [boolean]', 'requests wait for their turn by priority level and flow', trueOrFalse, true)
    .option('--max-requests-inflight <number>', 'seats for reading requests; 0: any number', wholeNumber(0, 1_000_000), 400)
    .option('--max-mutating-requests-inflight <number>', 'seats for writing requests; 0: any number', wholeNumber(0, 1_000_000), 200)
    .option('--audit-policy-file <file>', 'which requests are recorded: a Policy of audit.k8s.io/v1')
    .option('--audit-log-path <file>', 'where they are recorded, one event a line', file)
    .option('--audit-log-format <format>', 'of the lines: json', onlyJson, 'json')
    .option('--audit-log-maxsize <number>', 'megabytes after which a new file is begun (0: never)', wholeNumber(0, 1_000_000), 100)
    .option('--audit-log-maxbackup <number>', 'old files of the audit log to keep (0: all)', wholeNumber(0, 1_000_000), 100)
    .option('--audit-log-maxage <number>', 'days for which old files of the log are kept (0: for ever)', wholeNumber(0, 1_000_000), 366)
    .option('--audit-webhook-config-file <file>', 'where they are sent: a kubeconfig that names the webhook')
    .option('--audit-webhook-batch-max-size <number>', 'events in one call to it', wholeNumber(1, 10_000), 400)
    .option('--audit-webhook-batch-max-wait <duration>', 'how long an event waits for others', duration, 30_000)
    .option('--audit-webhook-initial-backoff <duration>', 'how long after a failed call the next one is', goDuration, 10_000)
    .option('--audit-webhook-mode <mode>', 'batch, or blocking and blocking-strict: each event alone', auditMode('webhook'), 'batch')
    .option('--audit-log-mode <mode>', 'taken, and not used: events are written as they come', auditMode('log'), 'blocking');
  for (const backend of ['log', 'webhook']) {
    command
      .option(`--audit-${backend}-version <version>`, 'of the events', onlyAuditVersion, 'audit.k8s.io/v1')
      .option(`--audit-${backend}-truncate-enabled [boolean]`, 'whether events that are too large lose their objects', boolean, false)
      .option(`--audit-${backend}-truncate-max-event-size <bytes>`, 'how large those are', wholeNumber(1, 1 << 30), 102_400);
  }
  return addApiServerFlags(command);
}

interface KubeApiServerFlags extends Omit<UpOptions, 'port'> {
  readonly securePort: number;
  readonly certDir: string;
  readonly v?: string;
  readonly etcdCompactionInterval: number;
}

/** What concerns etcd, real kubelets, the files of logs, Go's runtime and the sizes of caches, of which nothing is here for a client to see. */
const unusedFlags: readonly string[] = [
  ...['--audit-log-batch-max-size <number>', '--audit-log-batch-max-wait <duration>'],
  ...['log', 'webhook'].flatMap((backend) => [
    `--audit-${backend}-batch-buffer-size <number>`,
    `--audit-${backend}-batch-throttle-burst <number>`,
    `--audit-${backend}-batch-throttle-enable [boolean]`,
    `--audit-${backend}-batch-throttle-qps <number>`,
    `--audit-${backend}-truncate-max-batch-size <bytes>`,
  ]),
  ...[
    '--contention-profiling [boolean]',
    '--delete-collection-workers <number>',
    '--enable-logs-handler [boolean]',
    '--etcd-cafile <file>',
  ],
  ...['--etcd-certfile <file>', '--etcd-count-metric-poll-period <duration>', '--etcd-db-metric-poll-interval <duration>'],
  ...['--etcd-healthcheck-timeout <duration>', '--etcd-keyfile <file>', '--etcd-prefix <prefix>', '--etcd-readycheck-timeout <duration>'],
  ...['--etcd-servers-overrides <list>', '--kubelet-certificate-authority <file>', '--kubelet-client-certificate <file>'],
  ...['--kubelet-client-key <file>', '--kubelet-preferred-address-types <list>', '--kubelet-timeout <duration>'],
  ...['--lease-reuse-duration-seconds <number>', '--log-flush-frequency <duration>', '--log-json-info-buffer-size <size>'],
  ...['--log-json-split-stream [boolean]', '--log-text-info-buffer-size <size>', '--log-text-split-stream [boolean]'],
  ...['--logging-format <format>', '--permit-address-sharing [boolean]', '--permit-port-sharing [boolean]', '--profiling [boolean]'],
  ...['--storage-backend <name>', '--storage-initialization-timeout <duration>', '--storage-media-type <type>', '--vmodule <list>'],
  ...['--watch-cache [boolean]', '--watch-cache-sizes <list>'],
];

function withKubeApiServerFlags(command: Program): Program {
  command
    .option('--secure-port <number>', 'port to listen on; 0 takes a free one', port, 6443)
    .option(
      '--cert-dir <folder>',
      "where apiserver.crt and apiserver.key lie, if the server's certificate is not to be the cluster's own",
      '.',
    )
    .option('--etcd-servers <list>', 'taken, and not used: the objects are in memory', list)
    .option('--allow-privileged [boolean]', 'whether containers may be privileged: they may', onlyTrue, true)
    .option('-v, --v <level>', 'how much is logged: from 2 as --log-level=info of orrery up, from 4 as debug, from 6 as trace', verbosity)
    .option('--etcd-compaction-interval <duration>', 'what is older can no longer be listed or watched', goDuration, 300_000);
  for (const flag of unusedFlags) command.option(flag, 'taken, and not used');
  return withServerFlags(command);
}

/** What `orrery up` would be asked for, to be what kube-apiserver is by these flags. */
function upOptionsOf({
  securePort,
  certDir,
  v: logLevel,
  etcdCompactionInterval: compactionInterval,
  ...given
}: KubeApiServerFlags): UpOptions {
  const [certificate, key] = [join(certDir, 'apiserver.crt'), join(certDir, 'apiserver.key')];
  const own = given.tlsCertFile === undefined && given.tlsPrivateKeyFile === undefined && existsSync(certificate) && existsSync(key);
  return {
    ...withUpFlags(new Program()).opts<UpOptions>(),
    ...given,
    ...(own ? { tlsCertFile: certificate, tlsPrivateKeyFile: key } : {}),
    ...(logLevel === undefined ? {} : { logLevel }),
    compactionInterval,
    port: securePort,
    memory: true,
    kubeconfig: join(certDir, 'kubeconfig'),
    nodes: 0,
    components: ['apiserver'],
  };
}

/**
 * What `npm start --port 7000` comes to: npm keeps a flag that does not follow two dashes, and tells of it by a variable.
 * @throws UsageError where that has happened: without its flags the cluster would be another one
 */
export function refuseFlagsKeptByNpm(environment: NodeJS.ProcessEnv): void {
  if (environment.npm_lifecycle_event !== 'start') return;
  const kept = withUpFlags(new Program()).options.flatMap((option) => {
    const value = environment[`npm_config_${option.name().replaceAll('-', '_')}`];
    if (value === undefined) return [];
    // Of a value after a space npm makes an argument.
    return [`--${option.name()}${!option.required ? '' : value === 'true' ? ' …' : `=${value}`}`];
  });
  if (kept.length > 0)
    throw new UsageError(`orrery: npm keeps flags for itself that do not follow two dashes: npm start -- ${kept.join(' ')}`, 2);
}

/** Every flag of `orrery up`, by the name that its value has in UpOptions. */
export function upFlagNames(): string[] {
  return withUpFlags(new Program()).options.map((option) => option.attributeName());
}

// Help goes out as it is; what is wrong becomes one line.
function onlyPods(text: string): string {
  if (!['pod', 'pods', 'po'].includes(text)) throw new InvalidArgumentError('It can be asked of a pod.');
  return text;
}

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  return value;
};

const port = wholeNumber(0, 65535);

/** The log level that klog's is here. */
function verbosity(text: string): string {
  // `-v=4` is one of Go's ways to write it.
  const level = integer('ParseUint')(text.replace(/^=/, ''));
  return level < 2 ? 'warn' : level < 4 ? 'info' : level < 6 ? 'debug' : 'trace';
}

function onlyTrue(text: string): boolean {
  if (!boolean(text)) throw new InvalidArgumentError('Privileged containers are always allowed here.');
  return true;
}

function onlyJson(text: string): string {
  if (text !== 'json') throw new InvalidArgumentError('Events are written as json.');
  return text;
}

const auditModes = ['batch', 'blocking', 'blocking-strict'];

const auditMode = (backend: string) => (text: string) => {
  if (auditModes.includes(text)) return text;
  throw new InvalidArgumentError(`invalid audit ${backend} mode ${text}, allowed modes are ${JSON.stringify(auditModes.join(','))}`);
};

function onlyAuditVersion(text: string): string {
  if (text !== 'audit.k8s.io/v1') throw new InvalidArgumentError('invalid group version, allowed versions are ["audit.k8s.io/v1"]');
  return text;
}

function address(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('Give an IP address, such as 127.0.0.1.');
  return text;
}

function file(text: string): string {
  if (text === '-') throw new InvalidArgumentError('Give a file: standard output is for the line that says the cluster is ready.');
  return text;
}

function cidr(text: string): string {
  const [ip, bits, ...rest] = text.split('/');
  const version = isIP(ip!);
  if (version === 0 || rest.length > 0 || !/^\d+$/.test(bits ?? '') || Number(bits) > (version === 4 ? 30 : 126)) {
    throw new InvalidArgumentError('Give a CIDR, such as 10.96.0.0/16.');
  }
  return text;
}

/** Of a CIDR. */
function isIPv6(text: string): boolean {
  return text.includes(':');
}

/** One CIDR, or one of each family with a comma between them. */
function cidrs(text: string): string[] {
  const all = text.split(',').map(cidr);
  if (all.length > 2 || (all.length === 2 && isIPv6(all[0]!) === isIPv6(all[1]!))) {
    throw new InvalidArgumentError('Give one CIDR, or one of IPv4 and one of IPv6 with a comma between them.');
  }
  return all;
}

/** Each node gets a part of 64 bits of an IPv6 range, and kube-controller-manager divides none into more than 65,536 parts. */
function podCidrs(text: string): string[] {
  const all = cidrs(text);
  const prefix = Number(all.find(isIPv6)?.split('/')[1] ?? 56);
  if (prefix < 48 || prefix > 64) throw new InvalidArgumentError('Give an IPv6 range of 48 to 64 bits, such as fd00:10:244::/56.');
  return all;
}

function componentList(text: string): Component[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !components.includes(name as Component));
  if (unknown.length > 0) throw new InvalidArgumentError(`Known components are ${components.join(', ')}.`);
  return components.filter((component) => names.includes(component));
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as Go prints it: `90s`, `5m`, `1h30m`. */
export function duration(text: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) throw new InvalidArgumentError('Give a duration, such as 90s or 5m.');
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) total += Number(number) * units[unit!]!;
  if (total < 1_000) throw new InvalidArgumentError('Give at least one second.');
  return total;
}

function logLevel(text: string): string {
  if (!['trace', 'debug', 'info', 'warn', 'error', 'silent'].includes(text))
    throw new InvalidArgumentError('Known levels: trace, debug, info, warn, error, silent.');
  return text;
}
