import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../api/meta/object.ts';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { root } from '../harness/cluster.ts';
import { buildOnce, type Outcome, outputOf, runCommand } from '../harness/programs.ts';
import { bundledTool } from '../harness/tools.ts';

/** So long may anything take that is waited for. */
const patience = '--timeout=60s';
const startLimitMs = 60_000;

/** What an operator's scenario works with: a cluster, kubectl, and processes that end with it. */
export class Session implements AsyncDisposable {
  readonly kubeconfig: string;
  /** For files of this run. */
  readonly folder: string;
  private readonly processes: ChildProcess[] = [];
  private readonly logs = new Map<string, string>();

  constructor(kubeconfig: string, folder: string) {
    this.kubeconfig = kubeconfig;
    this.folder = folder;
  }

  /** @returns what it printed @throws Error with that if it ends with another code than 0 */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { code, output } = await this.tryKubectl(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${output}`);
    return output;
  }

  async tryKubectl(args: readonly string[], input?: string): Promise<Outcome> {
    return runCommand([await bundledTool('kubectl'), '--kubeconfig', this.kubeconfig, ...args], this.folder, process.env, input);
  }

  /** @returns the message of the refusal @throws Error if nothing refuses it */
  async refusal(objects: readonly object[]): Promise<string> {
    const { code, output } = await this.tryKubectl(['create', '-f', '-'], streamOf(objects));
    if (code === 0) throw new Error(`was to be refused, and was not: ${output}`);
    return output;
  }

  apply(objects: readonly object[], ...args: readonly string[]): Promise<string> {
    return this.kubectl(['apply', ...args, '-f', '-'], streamOf(objects));
  }

  async get<T extends KubeObject = KubeObject>(...what: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl(['get', ...what, '-o', 'json']));
  }

  /** Waits until something holds, as `kubectl wait` says it. */
  wait(condition: string, ...what: readonly string[]): Promise<string> {
    return this.kubectl(['wait', `--for=${condition}`, patience, ...what]);
  }

  /** Looks at each change of an object until something holds. @throws Error if it takes too long */
  async changed(resource: string, name: string, holds: () => Promise<boolean>): Promise<void> {
    const args = ['--kubeconfig', this.kubeconfig, 'get', resource, name, '--watch', '-o', 'name', '--request-timeout=60s'];
    const child = spawn(await bundledTool('kubectl'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      for await (const _ of createInterface({ input: child.stdout })) if (await holds()) return;
      throw new Error(`${resource} ${name} did not become what was waited for`);
    } finally {
      child.kill();
    }
  }

  /** A kubeconfig for a service account, with a token of its own. */
  async kubeconfigOf(namespace: string, serviceAccount: string): Promise<string> {
    const token = (await this.kubectl(['create', 'token', serviceAccount, '-n', namespace])).trim();
    const { server, authority } = await readKubeconfig(this.kubeconfig);
    const file = join(this.folder, `${serviceAccount}.kubeconfig`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'cluster', cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') } }],
      users: [{ name: 'user', user: { token } }],
      contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user', namespace } }],
      'current-context': 'context',
    };
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }

  /** An EndpointSlice by which a Service of the cluster reaches a port of this machine. */
  reach(namespace: string, service: string, port: number, portName = ''): Promise<string> {
    return this.apply([
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${service}-here`, namespace, labels: { 'kubernetes.io/service-name': service } },
        // Loopback addresses are refused in any cluster; a name of this machine is not.
        addressType: 'FQDN',
        ports: [{ name: portName, port }],
        endpoints: [{ addresses: [`${service}.localhost`] }],
      },
    ]);
  }

  /** Starts a process that runs until the session ends, and waits until it prints what says that it is ready. */
  async start(name: string, command: readonly string[], ready: RegExp): Promise<void> {
    const [file, ...args] = command;
    const child = spawn(file!, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.processes.push(child);
    this.logs.set(name, '');
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${name} is not ready: ${this.logs.get(name)}`)), startLimitMs);
      const read = (chunk: Buffer) => {
        this.logs.set(name, `${this.logs.get(name)}${chunk}`.slice(-100_000));
        if (ready.test(this.logs.get(name)!)) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}: ${this.logs.get(name)}`)));
      child.once('close', () => clearTimeout(late));
    });
  }

  /** What the processes printed last, for someone who looks for a fault. */
  printed(): string {
    return [...this.logs].map(([name, text]) => `--- ${name}\n${text.split('\n').slice(-30).join('\n')}`).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.processes.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(hard);
    }
  }
}

/** A YAML stream. (A List would be validated by kubectl itself, where each object is left to the server.) */
export function streamOf(items: readonly object[]): string {
  return items.map((item) => JSON.stringify(item)).join('\n---\n');
}

/** The objects of a YAML stream, but for those kinds that run containers: these programs run as processes. */
export function objectsOf(yaml: string): KubeObject[] {
  const objects = parseAllDocuments(yaml).map((document) => document.toJS() as KubeObject | null);
  return objects.filter((object) => object !== null && !['Deployment', 'Job'].includes(object.kind ?? '')) as KubeObject[];
}

/** Builds a Go module of this folder; returns the folder with its programs. */
export function buildModule(name: string, ...packages: readonly string[]): Promise<string> {
  return buildOnce('operators', join(root, 'conformance/operators', name), [
    ['go', 'mod', 'download'],
    ['env', 'CGO_ENABLED=0', 'GOFLAGS=-mod=readonly', 'go', 'build', '-o', './', ...packages],
  ]);
}

/** Where the sources of a module are that one of this folder requires. */
export async function sourcesOf(name: string, module: string): Promise<string> {
  return (await outputOf(['go', 'list', '-m', '-f', '{{.Dir}}', module], join(root, 'conformance/operators', name))).trim();
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
