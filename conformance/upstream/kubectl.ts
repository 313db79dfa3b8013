import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';
import { cache, folder, go } from './module.ts';

/**
 * Runs the suite that upstream keeps for kubectl (`test/cmd` of k8s.io/kubernetes: shell scripts that know what each command prints) against an
 * API server with controllers of its own, as upstream runs it: without scheduler and nodes.
 *
 *     npm run conformance:kubectl -- [--only NAME,NAME] [--verbose]
 *
 * The scripts come from the Go module that `go.mod` beside this file pins, and are copied to a folder that is removed at the end.
 */
const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, verbose: { type: 'boolean', default: false } },
});

/** What the scripts read, of the module. */
const needed = ['hack', 'test/cmd', 'test/fixtures', 'test/e2e/testing-manifests', 'third_party', 'cluster', 'docs', 'staging'];
/** Upstream's server has these flags; what is off would add to what the scripts count. */
const flags = [
  ...['--memory', '--nodes', '0', '--components', 'apiserver,controllers', '--controllers', '*,-node-ipam-controller'],
  ...['--token-auth-file', 'hack/testdata/auth-tokens.csv', '--client-ca-file', 'hack/testdata/ca/ca.crt'],
  ...['--authorization-mode', 'RBAC,AlwaysAllow', '--service-cluster-ip-range', '10.0.0.0/24'],
  '--disable-admission-plugins',
  'ServiceAccount,DefaultStorageClass,DefaultTolerationSeconds,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,StorageObjectInUseProtection',
];

const workspace = await mkdtemp(join(tmpdir(), 'orrery-kubectl-suite-'));
try {
  await prepare();
  await using cluster = await startCluster({ flags: flags.map((flag) => (flag.startsWith('hack/') ? join(workspace, flag) : flag)) });
  const failed = await runSuites(await portOf(cluster.kubeconfig));
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await rm(workspace, { recursive: true, force: true });
}

async function prepare(): Promise<void> {
  const { Dir: module } = JSON.parse(go('mod', 'download', '-json', 'k8s.io/kubernetes')) as { Dir: string };
  for (const part of needed) await cp(join(module, part), join(workspace, part), { recursive: true }).catch(missing);
  await makeUsable(workspace);
  const scripts = join(workspace, 'test/cmd');
  for (const name of await readdir(scripts)) {
    // What is in the module is not fetched from elsewhere.
    const text = await readFile(join(scripts, name), 'utf8');
    await writeFile(join(scripts, name), text.replaceAll('https://raw.githubusercontent.com/kubernetes/kubernetes/master/', ''));
  }
  const programs = join(workspace, '_output/bin');
  await mkdir(programs, { recursive: true });
  await symlink(await bundledTool('kubectl'), join(programs, 'kubectl'));
  go('build', '-o', join(cache, 'kubectl-convert'), 'k8s.io/kubernetes/cmd/kubectl-convert');
  await symlink(join(cache, 'kubectl-convert'), join(programs, 'kubectl-convert'));
  // Upstream's server leaves its certificate there; the scripts only put it into kubeconfigs.
  await cp(join(workspace, 'hack/testdata/ca/ca.crt'), join(workspace, 'apiserver.crt'));
}

function missing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Files of a Go module can neither be written nor executed. */
async function makeUsable(path: string): Promise<void> {
  await chmod(path, 0o755);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeUsable(join(path, entry.name));
    else if (entry.isFile()) await chmod(join(path, entry.name), 0o755);
  }
}

async function portOf(kubeconfig: string): Promise<string> {
  const { port } = new URL(/server: (\S+)/.exec(await readFile(kubeconfig, 'utf8'))![1]!);
  return port;
}

/** @returns how many suites failed */
async function runSuites(port: string): Promise<number> {
  const { PATH = '' } = process.env;
  const child = spawn('bash', [join(folder, 'kubectl.sh')], {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    // ALLOW_SKEW: kubectl was built from another commit than the one that the server tells of.
    env: {
      PATH,
      TERM: 'xterm',
      HOME: workspace,
      TMPDIR: workspace,
      SECURE_API_PORT: port,
      ALLOW_SKEW: 'yes',
      WHAT: values.only.replaceAll(',', ' '),
      KUBE_JUNIT_REPORT_DIR: join(workspace, 'junit'),
    },
  });
  let suite: string | undefined;
  let lines: string[] = [];
  const failed: string[] = [];
  const take = (line: string) => {
    const begun = /^Recording: run_(.*)_tests$/.exec(line)?.[1];
    const wrong = /^Error when running run_(.*)_tests$/.exec(line)?.[1];
    if (values.verbose) console.log(line);
    if (wrong) failed.push(wrong);
    if (wrong && !values.verbose) console.log(lines.slice(-25).join('\n'));
    if (suite && (begun || wrong)) console.log(`${wrong ? 'failed' : 'passed'}  ${suite}`);
    if (begun || wrong) {
      suite = begun;
      lines = [];
    } else lines.push(line);
  };
  createInterface({ input: child.stdout }).on('line', take);
  createInterface({ input: child.stderr }).on('line', take);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (suite) console.log(`${code === 0 ? 'passed' : 'ended'}  ${suite}`);
  const early = code !== 0 && failed.length === 0;
  console.log(
    failed.length > 0
      ? `failed: ${failed.join(', ')}`
      : early
        ? `ended with ${code}:\n${lines.slice(-25).join('\n')}`
        : 'all suites passed',
  );
  return failed.length + Number(early);
}
