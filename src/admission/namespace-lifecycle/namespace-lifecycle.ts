import type { KubeObject } from '../../../api/meta/object.ts';
import type { Clock } from '../../machinery/clock.ts';
import { ApiError, forbidden, notFound } from '../../registry/errors.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** Reads a namespace: what is known without asking storage, and what storage has now. */
export interface NamespaceReader {
  cached(name: string): KubeObject | undefined;
  read(name: string): Promise<KubeObject | undefined>;
}

const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const namespaces = { group: '', resource: 'namespaces' };
// Reviews ask what may be done in a namespace, whether or not it is there.
const reviewAction = 'localsubjectaccessreview';
// For so long after a delete the cache may not have heard of it.
const distrustMs = 30_000;

/** Nothing is created in a namespace that is not there or is going; three namespaces cannot be deleted. */
export class NamespaceLifecycle implements AdmissionPlugin {
  readonly name = 'NamespaceLifecycle';
  private readonly namespaces: NamespaceReader;
  private readonly clock: Clock;
  private readonly deletedAt = new Map<string, number>();

  constructor(reader: NamespaceReader, clock: Clock) {
    this.namespaces = reader;
    this.clock = clock;
  }

  mutate(attributes: AdmissionAttributes): Promise<void> | void {
    const { operation, definition, namespace, name } = attributes;
    if (definition.group === namespaces.group && definition.plural === namespaces.resource) {
      if (operation === 'DELETE') this.noteDelete(name);
      return;
    }
    if (operation === 'DELETE' || namespace === '' || definition.scope === 'Cluster' || definition.action === reviewAction) return;
    const known = this.isTrusted(namespace) ? this.namespaces.cached(namespace) : undefined;
    // What is in a namespace may still be changed while the namespace goes.
    if (known && (operation !== 'CREATE' || !isTerminating(known))) return;
    return this.judge(attributes);
  }

  private noteDelete(name: string): void {
    if (immortal.has(name)) throw forbidden(namespaces, name, 'this namespace may not be deleted');
    const now = this.clock.now();
    for (const [other, at] of this.deletedAt) {
      if (now - at < distrustMs) break;
      this.deletedAt.delete(other);
    }
    this.deletedAt.delete(name);
    this.deletedAt.set(name, now);
  }

  private isTrusted(name: string): boolean {
    const at = this.deletedAt.get(name);
    return at === undefined || this.clock.now() - at >= distrustMs;
  }

  // The cache does not know it, or as going: storage decides.
  private async judge(attributes: AdmissionAttributes): Promise<void> {
    const { namespace, operation } = attributes;
    const current = await this.namespaces.read(namespace);
    if (!current) throw notFound(namespaces, namespace);
    if (operation !== 'CREATE' || !isTerminating(current)) return;
    const error = refuse(attributes, `unable to create new content in namespace ${namespace} because it is being terminated`);
    const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
    throw new ApiError(error.code, error.reason, error.message, { ...error.details, causes: [cause] });
  }
}

function isTerminating(namespace: KubeObject): boolean {
  return namespace['status']?.phase === 'Terminating';
}
