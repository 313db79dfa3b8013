import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { definitions } from '../../api/index.ts';
import { withFolder } from '../machinery/testing/folder.ts';
import { UsageError } from './command-line.ts';
import { controlPlaneIdentity, openDataDirectory } from './data-directory.ts';
import { serveEtcdHealth, writeAssets } from './envtest.ts';
import { UserError } from './errors.ts';
import { parseEtcdArguments } from './etcd-options.ts';
import { kubeconfigText, readKubeconfig } from './kubeconfig.ts';
import { parseArguments, refuseFlagsKeptByNpm, type UpOptions } from './options.ts';
import { servedDefinitions } from './runtime-config.ts';
import { whyText } from './why.ts';

function upOptions(args: string[]) {
  const command = parseArguments(args, 'v1');
  equal(command.name, 'up');
  return command.options as UpOptions;
}

test('the flags have the defaults that the README names', () => {
  deepEqual(upOptions(['up']), {
    port: 6443,
    bindAddress: '127.0.0.1',
    dataDir: '.orrery',
    memory: false,
    nodes: 3,
    components: ['apiserver', 'controllers', 'scheduler', 'fleet'],
    serviceClusterIpRange: ['10.96.0.0/16'],
    clusterCidr: ['10.244.0.0/16'],
    controllers: ['*'],
    enablePriorityAndFairness: true,
    maxRequestsInflight: 400,
    maxMutatingRequestsInflight: 200,
    loadBalancerCidr: '172.18.255.0/24',
    horizontalPodAutoscalerSyncPeriod: 15_000,
    compactionInterval: 300_000,
    auditLogMaxsize: 100,
    auditLogMaxbackup: 100,
    auditLogMaxage: 366,
    auditWebhookBatchMaxSize: 400,
    auditWebhookBatchMaxWait: 30_000,
    auditWebhookInitialBackoff: 10_000,
    auditWebhookMode: 'batch',
    auditWebhookVersion: 'audit.k8s.io/v1',
    auditWebhookTruncateEnabled: false,
    auditWebhookTruncateMaxEventSize: 102_400,
    auditLogFormat: 'json',
    auditLogMode: 'blocking',
    auditLogVersion: 'audit.k8s.io/v1',
    auditLogTruncateEnabled: false,
    auditLogTruncateMaxEventSize: 102_400,
    eventTtl: 3_600_000,
    requestTimeout: 60_000,
    minRequestTimeout: 1800,
    serviceAccountExtendTokenExpiration: true,
    serviceAccountMaxTokenExpiration: 0,
    encryptionProviderConfigAutomaticReload: false,
    authenticationTokenWebhookCacheTtl: 120_000,
    authenticationTokenWebhookVersion: 'v1beta1',
    enableBootstrapTokenAuth: false,
    oidcUsernameClaim: 'sub',
    authorizationWebhookVersion: 'v1beta1',
    authorizationWebhookCacheAuthorizedTtl: 300_000,
    authorizationWebhookCacheUnauthorizedTtl: 30_000,
    defaultNotReadyTolerationSeconds: 300,
    defaultUnreachableTolerationSeconds: 300,
    serviceNodePortRange: [30000, 32767],
    logLevel: 'warn',
    requestheaderUsernameHeaders: ['X-Remote-User'],
    requestheaderUidHeaders: [],
    requestheaderGroupHeaders: ['X-Remote-Group'],
    requestheaderExtraHeadersPrefix: ['X-Remote-Extra-'],
  });
  const some = upOptions(['up', '--port', '0', '--components', 'fleet,apiserver', '--compaction-interval', '1m30s', '--memory']);
  deepEqual([some.port, some.components, some.compactionInterval, some.memory], [0, ['apiserver', 'fleet'], 90_000, true]);
});

test('why says what was asked about, and what the scheduler thinks of each node', () => {
  deepEqual(parseArguments(['why', 'pod', 'web', '-n', 'shop', '--kubeconfig', 'k'], 'v1'), {
    name: 'why',
    options: { name: 'web', namespace: 'shop', kubeconfig: 'k' },
  });
  const pod = { metadata: { namespace: 'shop', name: 'web' }, spec: { nodeName: 'b' } };
  const decisions = [
    {
      node: 'a',
      scores: new Map([
        ['Fit', 90],
        ['None', 0],
      ]),
      total: 90,
    },
    {
      node: 'b',
      scores: new Map([
        ['Fit', 95],
        ['Images', 5],
      ]),
      total: 100,
    },
    { node: 'c', refusal: { plugin: 'TaintToleration', reasons: ['node(s) had untolerated taint(s)'] }, scores: new Map(), total: 0 },
  ];
  equal(
    whyText({ pod, decisions }),
    [
      'Pod shop/web is on b. As the cluster stands now, it would find:',
      'NODE  SCORE  BECAUSE',
      'b *     100  Fit 95, Images 5',
      'a        90  Fit 90',
      'c         -  TaintToleration: node(s) had untolerated taint(s)',
    ].join('\n'),
  );
});

test('a wrong command line is one line and exit code 2', () => {
  const cases: [string[], RegExp][] = [
    [[], /^orrery: name a command, such as 'orrery up'/],
    [['down'], /^orrery: unknown command 'down'/],
    [['up', 'now'], /too many arguments/],
    [['up', '--port', 'x'], /'--port <number>' argument 'x' is invalid\. Give a whole number from 0 to 65535\./],
    [['up', '--nodes', '-1'], /--nodes/],
    [['up', '--bind-address', 'here'], /Give an IP address/],
    [['up', '--components', 'api'], /Known components are apiserver, controllers, scheduler, fleet\./],
    [['up', '--cluster-cidr', '10.0.0.0'], /Give a CIDR/],
    [['up', '--cluster-cidr', '10.0.0.0/8,11.0.0.0/8'], /one of IPv4 and one of IPv6/],
    [['up', '--cluster-cidr', 'fd00::/32'], /48 to 64 bits/],
    [['up', '--service-cluster-ip-range', '10.0.0.0/8,'], /Give a CIDR/],
    [['up', '--compaction-interval', '5'], /Give a duration/],
    [['up', '--audit-log-path', '-'], /Give a file: standard output is for the line that says the cluster is ready\./],
    [['up', '--audit-log-maxsize', 'x'], /--audit-log-maxsize/],
    [['up', '--colour'], /unknown option '--colour'/],
    [['why', 'node', 'n'], /It can be asked of a pod\./],
    [['why', 'pod'], /missing required argument 'name'/],
  ];
  for (const [args, message] of cases) {
    throws(
      () => parseArguments(args, 'v1'),
      (error) => {
        match((error as Error).message, message);
        return error instanceof UsageError && error.exitCode === 2 && !error.message.includes('\n');
      },
    );
  }
});

test('help and version are no failure', () => {
  for (const flag of ['--help', '--version']) {
    throws(
      () => parseArguments([flag], 'v1.2.3'),
      (error) => error instanceof UsageError && error.exitCode === 0,
    );
  }
});

test('a data directory is made, found again, and refused when it is another’s, newer or damaged', () =>
  withFolder(async (folder) => {
    const ours = join(folder, 'ours');
    await openDataDirectory(ours);
    await openDataDirectory(ours);
    deepEqual(await controlPlaneIdentity(ours, () => 'host_1'), 'host_1');
    deepEqual(await controlPlaneIdentity(ours, () => 'host_2'), 'host_1');
    const refused = (directory: string, message: RegExp) =>
      rejects(openDataDirectory(directory), (error: Error) => error instanceof UserError && message.test(error.message));
    await writeFile(join(ours, 'orrery.json'), '{"format":99}');
    await refused(ours, /newer Orrery \(format 99\); update Orrery/);
    await writeFile(join(ours, 'orrery.json'), '{');
    await refused(ours, /damaged; move the data directory away/);
    const foreign = join(folder, 'foreign');
    await mkdir(foreign);
    await writeFile(join(foreign, 'notes.txt'), '');
    await refused(foreign, /holds files that are not Orrery's; choose an empty folder/);
    await refused(join(foreign, 'notes.txt'), /cannot use the data directory .* \(ENOTDIR\)/);
  }));

test('a kubeconfig that was written can be read', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'kubeconfig');
    const contents = { server: 'https://127.0.0.1:1', authority: 'CA\n', certificate: 'CERT\n', key: 'KEY\n' };
    await writeFile(file, kubeconfigText(contents));
    deepEqual(await readKubeconfig(file), contents);
    match(await readFile(file, 'utf8'), /current-context: orrery/);
    await rejects(readKubeconfig(join(folder, 'none')), /cannot read the kubeconfig/);
    await writeFile(file, 'kind: Config\n');
    await rejects(readKubeconfig(file), /names no server/);
    equal(contents.server.startsWith('https'), true);
  }));

test('kube-apiserver is the API server alone, with the flags that envtest gives it', () =>
  withFolder(async (folder) => {
    const flags = [
      '--allow-privileged=true',
      '--authorization-mode=RBAC',
      '--bind-address=127.0.0.1',
      `--cert-dir=${folder}`,
      `--client-ca-file=${join(folder, 'client-cert-auth-ca.crt')}`,
      '--disable-admission-plugins=ServiceAccount',
      '--etcd-servers=http://127.0.0.1:34567',
      '--secure-port=34568',
      '--service-account-issuer=https://127.0.0.1:34568/',
      `--service-account-key-file=${join(folder, 'sa-signer.crt')}`,
      `--service-account-signing-key-file=${join(folder, 'sa-signer.key')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
    ];
    const parsed = () => {
      const command = parseArguments(['kube-apiserver', ...flags], 'v1');
      equal(command.name, 'kube-apiserver');
      return command.options as UpOptions;
    };
    const options = parsed();
    deepEqual([options.components, options.nodes, options.memory, options.port], [['apiserver'], 0, true, 34568]);
    deepEqual([options.serviceAccountKeyFile, options.tlsCertFile], [[join(folder, 'sa-signer.crt')], undefined]);
    for (const name of ['apiserver.crt', 'apiserver.key']) await writeFile(join(folder, name), '');
    deepEqual([parsed().tlsCertFile, parsed().tlsPrivateKeyFile], [join(folder, 'apiserver.crt'), join(folder, 'apiserver.key')]);
    for (const unknown of ['--nodes=3', '--allow-privileged=false', '--insecure-port=0'])
      throws(() => parseArguments(['kube-apiserver', unknown], 'v1'), UsageError);
  }));

test('kube-apiserver takes further flags of the real one, and says why it refuses a value', () => {
  const parsed = (...flags: string[]) => parseArguments(['kube-apiserver', ...flags], 'v1').options as UpOptions;
  const options = parsed('--v=4', '--watch-cache=false', '--etcd-compaction-interval=20s', '--service-node-port-range=30000+10');
  deepEqual([options.logLevel, options.compactionInterval, options.serviceNodePortRange], ['debug', 20_000, [30000, 30010]]);
  const refusal = (flag: string) => {
    try {
      parsed(flag);
      return undefined;
    } catch (error) {
      return (error as Error).message.split('\n')[0];
    }
  };
  const wrong: [flag: string, message: RegExp][] = [
    ['--request-timeout=-1s', /--request-timeout can not be negative value/],
    ['--min-request-timeout=-1', /--min-request-timeout can not be negative value/],
    ['--service-account-max-token-expiration=1m', /the service-account-max-token-expiration must be between 1 hour and 2\^32 seconds/],
    ['--service-account-jwks-uri=http://a/', /service-account-jwks-uri requires https scheme, parsed as: http:\/\/a\//],
    ['--advertise-address=here', /failed to parse IP: "here"/],
    ['--audit-log-mode=odd', /invalid audit log mode odd, allowed modes are "batch,blocking,blocking-strict"/],
    ['--audit-webhook-version=v2', /invalid group version, allowed versions are \["audit.k8s.io\/v1"\]/],
  ];
  for (const [flag, message] of wrong) match(refusal(flag) ?? '', message);
  const times = parsed('--event-ttl=10m', '--request-timeout=5s', '--min-request-timeout=60', '--service-account-max-token-expiration=2h');
  deepEqual(
    [times.eventTtl, times.requestTimeout, times.minRequestTimeout, times.serviceAccountMaxTokenExpiration],
    [600_000, 5_000, 60, 7_200_000],
  );
  const gates = ['--feature-gates=WatchList=true,kube:CBORServingAndStorage=false', '--feature-gates=JobManagedBy=true,AllAlpha=false'];
  deepEqual(parsed(...gates).featureGates, ['WatchList=true', 'kube:CBORServingAndStorage=false', 'JobManagedBy=true', 'AllAlpha=false']);
  const kept = (...config: string[]) =>
    servedDefinitions(parsed(...config.map((value) => `--runtime-config=${value}`)).runtimeConfig!, definitions, true).map(
      ({ group, version, plural }) => `${group}/${version}/${plural}`,
    );
  const autoscalers = (...config: string[]) => kept(...config).filter((name) => /^(autoscaling|batch)/.test(name));
  deepEqual(autoscalers('api/all=true', 'autoscaling/v1=false,batch/v1/cronjobs=false'), [
    'autoscaling/v2/horizontalpodautoscalers',
    'batch/v1/jobs',
  ]);
  deepEqual(autoscalers('batch/v1=false,batch/v1/cronjobs=true,autoscaling/v2'), [
    'autoscaling/v2/horizontalpodautoscalers',
    'autoscaling/v1/horizontalpodautoscalers',
    'batch/v1/cronjobs',
  ]);
  const refused: [flag: string, why: string][] = [
    ['feature-gates=Foo=true', 'unrecognized feature gate: Foo'],
    ['feature-gates=Foo', 'missing bool value for Foo'],
    ['feature-gates=Foo=true,WatchList=x', 'invalid value of WatchList=x, err: strconv.ParseBool: parsing "x": invalid syntax'],
    ['feature-gates=a:Foo=true', 'component not registered: a'],
    ['feature-gates=JobManagedBy=false', 'cannot set feature gate JobManagedBy to false, feature is locked to true'],
    ['feature-gates=WatchList=false', 'feature gate WatchList cannot be off in Orrery, only as it is by default in v1.36'],
    ['feature-gates=AllBeta=true', 'feature gate AllBeta cannot be on in Orrery, only as it is by default in v1.36'],
    ['runtime-config=foo=true', 'runtime-config invalid key foo'],
    ['runtime-config=foo/v1=true,a.b/v2', 'unknown api groups a.b/v2,foo/v1'],
    ['runtime-config=apps/v2=true', 'group version apps/v2 that has not been registered'],
    ['runtime-config=apps/v1=x', 'invalid value of apps/v1: x, err: strconv.ParseBool: parsing "x": invalid syntax'],
    ['runtime-config=api/all=x', 'invalid value api/all=x'],
    ['runtime-config=api/all=false', '--runtime-config=api/all=false conflicts with --enable-priority-and-fairness=true'],
    ['runtime-config=resource.k8s.io/v1beta1=true', 'resource.k8s.io/v1beta1 is not served by Orrery'],
    ['runtime-config=v1=false', 'Orrery cannot do without bindings of the core group/v1'],
    ['service-node-port-range=40000-30000', 'end port cannot be less than start port: 40000-30000'],
    ['service-node-port-range=1-2-3', 'strconv.Atoi: parsing "2-3": invalid syntax'],
    ['cors-allowed-origins=example.com', 'regular expression does not pin to start/end of host in the origin header'],
    ['v=x', 'strconv.ParseUint: parsing "x": invalid syntax'],
  ];
  for (const [flag, why] of refused)
    throws(
      () => parsed(`--${flag}`),
      (error: Error) => error instanceof UsageError && error.message.includes(why),
      flag,
    );
});

test('the folder for envtest has launchers that go on after a space or a quote in their path, and the kubectl of the PATH', () =>
  withFolder(async (folder) => {
    const script = join(folder, "it's one.mjs");
    await writeFile(script, 'console.log(JSON.stringify(process.argv.slice(2)))');
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'kubectl'), '#!/bin/sh\necho kubectl "$@"\n', { mode: 0o755 });
    const assets = join(folder, 'assets');
    for (let again = 0; again < 2; again++)
      equal(await writeAssets(assets, { 'kube-apiserver': script, etcd: script }, `${assets}:${join(folder, 'bin')}`), assets);
    const said = (name: string) => execFileSync(join(assets, name), ['--v', 'a b'], { encoding: 'utf8' });
    equal(said('etcd'), '["--v","a b"]\n');
    equal(said('kube-apiserver'), '["kube-apiserver","--v","a b"]\n');
    equal(said('kubectl'), 'kubectl --v a b\n');
  }));

test('flags that npm keeps for itself are told of', () => {
  const started = { npm_lifecycle_event: 'start', npm_config_cache: '/c', npm_config_loglevel: 'warn' };
  refuseFlagsKeptByNpm(started);
  refuseFlagsKeptByNpm({ npm_lifecycle_event: 'test', npm_config_memory: 'true' });
  throws(() => refuseFlagsKeptByNpm({ ...started, npm_config_memory: 'true', npm_config_data_dir: 'x', npm_config_port: 'true' }), {
    message: 'orrery: npm keeps flags for itself that do not follow two dashes: npm start -- --port … --data-dir=x --memory',
    exitCode: 2,
  });
});

test('etcd takes the flags that envtest gives it', () => {
  const urls = 'http://127.0.0.1:34567';
  const flags = [
    `--advertise-client-urls=${urls}`,
    '--data-dir=/tmp/x',
    `--listen-client-urls=${urls}`,
    '--listen-peer-urls=http://localhost:0',
  ];
  deepEqual(parseEtcdArguments([...flags, '--unsafe-no-fsync=true']).listenClientUrls, [urls]);
  throws(() => parseEtcdArguments(['--quota-backend-bytes=1']), UsageError);
});

test('what stands for etcd says that it is healthy, and no more', async () => {
  await using etcd = await serveEtcdHealth(['http://127.0.0.1:0']);
  const answer = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${etcd.ports[0]}${path}`);
    return [response.status, await response.text()];
  };
  deepEqual(await answer('/health'), [200, '{"health":"true","reason":""}']);
  deepEqual(await answer('/v3/kv/range'), [404, '404 page not found\n']);
  await rejects(serveEtcdHealth([`http://127.0.0.1:${etcd.ports[0]}`]), UserError);
});
