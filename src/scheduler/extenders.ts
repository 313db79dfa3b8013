import http from 'node:http';
import https from 'node:https';
import { text as readText } from 'node:stream/consumers';
import { jsonText } from '../../api/meta/json-text.ts';
import type { Container, Node, Pod } from '../../openapi/types.ts';
import { withDeadline } from '../machinery/abort.ts';
import { trustsAsGo } from '../machinery/trust.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import type { ExtenderConfiguration } from './config/extenders.ts';
import type { Candidate } from './preemption/candidates.ts';

/** What an extender leaves of the nodes that it was shown, and why it refuses the others. */
export interface ExtenderVerdict {
  readonly nodes: readonly string[];
  readonly failed: Readonly<Record<string, string>>;
  /** Preemption would not help there. */
  readonly unresolvable: Readonly<Record<string, string>>;
}

/** Who an extender would take away on a node. */
export interface PreemptionVictims {
  readonly node: string;
  readonly uids: readonly string[];
  /** How many of them a disruption budget protects. */
  readonly violations: number;
}

interface PreemptionResult {
  readonly nodeNameToMetaVictims?: Readonly<Record<string, object>>;
}

interface MetaVictims {
  readonly pods?: readonly object[];
  readonly numPDBViolations?: number;
}

interface FilterResult {
  readonly nodes?: { readonly items?: readonly Node[] };
  readonly nodenames?: readonly string[];
  readonly failedNodes?: Readonly<Record<string, string>>;
  readonly failedAndUnresolvableNodes?: Readonly<Record<string, string>>;
  readonly error?: string;
}

/** A process of the user's that is asked about nodes besides the plugins, by HTTP (`kube-scheduler/extender/v1`). */
export class Extender {
  readonly configuration: ExtenderConfiguration;
  private readonly context: RuntimeContext;
  private readonly agent: http.Agent;

  constructor(configuration: ExtenderConfiguration, context: RuntimeContext) {
    this.configuration = configuration;
    this.context = context;
    const { enableHTTPS, tls } = configuration;
    const insecure = tls.insecure || (enableHTTPS && tls.ca === undefined);
    this.agent = configuration.urlPrefix.startsWith('https:')
      ? new https.Agent({ keepAlive: true, ...trustsAsGo, ...tls, rejectUnauthorized: !insecure })
      : new http.Agent({ keepAlive: true });
    context.signal.addEventListener('abort', () => this.agent.destroy(), { once: true });
  }

  /** Whether it has a say about this pod. */
  concerns({ spec }: Pod): boolean {
    const { managedResources } = this.configuration;
    if (managedResources.length === 0) return true;
    const uses = ({ resources }: Container) =>
      managedResources.some(({ name }) => resources?.requests?.[name] !== undefined || resources?.limits?.[name] !== undefined);
    return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(uses);
  }

  /** @throws Error where it does not answer, or answers with an error */
  async filter(pod: Pod, nodes: readonly Node[]): Promise<ExtenderVerdict> {
    const { filterVerb, urlPrefix, nodeCacheCapable } = this.configuration;
    const result = (await this.send(filterVerb, this.argumentsOf(pod, nodes))) as FilterResult;
    if (result.error) throw new Error(result.error);
    const names =
      nodeCacheCapable && result.nodenames ? result.nodenames : (result.nodes?.items ?? []).map(({ metadata }) => metadata!.name!);
    const unknown = names.find((name) => !nodes.some(({ metadata }) => metadata!.name === name));
    if (unknown !== undefined) {
      const quoted = JSON.stringify(unknown);
      throw new Error(`extender ${JSON.stringify(urlPrefix)} claims a filtered node ${quoted} which is not found in the input node list`);
    }
    return { nodes: names, failed: result.failedNodes ?? {}, unresolvable: result.failedAndUnresolvableNodes ?? {} };
  }

  get preempts(): boolean {
    return this.configuration.preemptVerb !== '';
  }

  /** Which of the candidates are left, and with which victims. @throws Error where it does not answer */
  async preempt(pod: Pod, candidates: readonly Candidate[]): Promise<PreemptionVictims[]> {
    const { preemptVerb, nodeCacheCapable } = this.configuration;
    const byNode = Object.fromEntries(
      candidates.map(({ node, victims, violations }) => {
        const pods = nodeCacheCapable ? victims.map(({ metadata }) => ({ UID: metadata!.uid })) : victims;
        return [node, { Pods: pods, NumPDBViolations: violations }];
      }),
    );
    const result = (await this.send(preemptVerb, {
      Pod: pod,
      NodeNameToVictims: nodeCacheCapable ? null : byNode,
      NodeNameToMetaVictims: nodeCacheCapable ? byNode : null,
    })) as PreemptionResult;
    return Object.entries(result.nodeNameToMetaVictims ?? {}).map(([node, written]) => {
      const { pods = [], numPDBViolations = 0 } = lowerCased(written) as MetaVictims;
      return { node, uids: (lowerCased(pods) as { uid: string }[]).map(({ uid }) => uid), violations: numPDBViolations };
    });
  }

  /** Its scores by node, weighted and on the scale of the plugins'. @throws Error where it does not answer */
  async prioritize(pod: Pod, nodes: readonly Node[]): Promise<ReadonlyMap<string, number>> {
    const { prioritizeVerb, weight } = this.configuration;
    const list = (await this.send(prioritizeVerb, this.argumentsOf(pod, nodes))) as { host: string; score: number }[];
    return new Map(list.map(({ host, score }) => [host, score * weight * scaleToPlugins]));
  }

  /** Binds the pod in our stead. @throws Error where it does not, or cannot */
  async bind({ metadata }: Pod, node: string): Promise<void> {
    const { name, namespace, uid } = metadata!;
    const call = { PodName: name, PodNamespace: namespace, PodUID: uid, Node: node };
    const { error } = (await this.send(this.configuration.bindVerb, call)) as { error?: string };
    if (error) throw new Error(error);
  }

  private argumentsOf(pod: Pod, nodes: readonly Node[]): object {
    const known = this.configuration.nodeCacheCapable;
    return {
      Pod: pod,
      Nodes: known ? null : { metadata: {}, items: nodes },
      NodeNames: known ? nodes.map(({ metadata }) => metadata!.name) : null,
    };
  }

  private async send(verb: string, body: object): Promise<unknown> {
    const { urlPrefix, timeout } = this.configuration;
    const url = `${urlPrefix.replace(/\/+$/, '')}/${verb}`;
    const { clock, signal } = this.context;
    const bytes = jsonText(body);
    try {
      return await withDeadline(clock, timeout, signal, async (until) => {
        const answer = await this.post(url, bytes, until);
        const text = await readText(answer);
        if (answer.statusCode !== 200) throw new Error(`failed ${verb} with extender at URL ${url}, code ${answer.statusCode}`);
        return lowerCased(JSON.parse(text));
      });
    } catch (error) {
      if ((error as Error).name === 'AbortError' || (error as Error).name === 'TimeoutError') {
        throw new Error(`Post ${JSON.stringify(url)}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`);
      }
      const { code, syscall, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
      if (code !== 'ECONNREFUSED') throw error;
      throw new Error(`Post ${JSON.stringify(url)}: dial tcp ${address}:${port}: ${syscall}: connection refused`);
    }
  }

  private post(url: string, body: string, signal: AbortSignal): Promise<http.IncomingMessage> {
    const send = url.startsWith('https:') ? https.request : http.request;
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const request = send(url, { method: 'POST', agent: this.agent, headers, signal }, resolve);
      request.on('error', reject);
      request.end(body);
    });
  }
}

/** Extenders score up to 10, plugins up to 100. */
const scaleToPlugins = 10;

/** Go reads names of fields in any case, and its servers write them as they are declared: `NodeNames`, `FailedNodes`, `Host`. */
function lowerCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [fieldNames.get(name.toLowerCase()) ?? name, inner ?? undefined]));
}

const fieldNames = new Map(
  [
    ...['nodes', 'nodenames', 'failedNodes', 'failedAndUnresolvableNodes', 'error', 'host', 'score'],
    ...['nodeNameToMetaVictims', 'pods', 'uid', 'numPDBViolations'],
  ].map((name) => [name.toLowerCase(), name]),
);
