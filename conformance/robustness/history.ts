import type { Answer } from './wire.ts';

/** One object as a write left it. */
interface Known {
  readonly revision: string;
  readonly value: string;
  /** Of a Service: what must not change, and belongs to it alone. */
  readonly addresses: string;
}

interface WatchedEvent {
  readonly type: string;
  readonly name: string;
  readonly revision: string;
  readonly value: string;
}

interface Pending {
  readonly value: string | undefined;
}

type Kind = 'configmaps' | 'services';

/**
 * What was written and how it was answered, and what must follow from it: an answered write is there, with its revision, after any crash; one without an
 * answer happened as a whole or not at all; a watch sees each of them once, in order.
 */
export class History {
  readonly problems: string[] = [];
  writes = 0;
  unanswered = 0;
  private readonly known: Record<Kind, Map<string, Known>> = { configmaps: new Map(), services: new Map() };
  private readonly pending: Record<Kind, Map<string, Pending>> = { configmaps: new Map(), services: new Map() };
  /** Values of ConfigMaps by the revision that the answer gave. */
  private readonly answered = new Map<string, string>();
  private readonly deleted = new Set<string>();
  private readonly open = new Set<string>();
  private readonly seen: WatchedEvent[] = [];
  private values = 0;

  get events(): number {
    return this.seen.length;
  }

  present(kind: Kind, name: string): Known | undefined {
    return this.known[kind].get(name);
  }

  /** A value that no other write has. */
  nextValue(): string {
    return `v${++this.values}`;
  }

  /** @returns whether there was an answer */
  async write(kind: Kind, name: string, value: string, send: () => Promise<Answer>): Promise<boolean> {
    const object = await this.send(kind, name, { value }, send);
    if (!object) return false;
    if (object.kind === 'Status') return true;
    const known = knownOf(object);
    this.known[kind].set(name, known);
    if (kind === 'configmaps') this.answered.set(known.revision, value);
    return true;
  }

  /** @returns whether there was an answer */
  async remove(kind: Kind, name: string, send: () => Promise<Answer>): Promise<boolean> {
    const before = this.known[kind].get(name)!;
    if (!(await this.send(kind, name, { value: undefined }, send))) return false;
    this.known[kind].delete(name);
    if (kind === 'configmaps') this.deleted.add(before.value);
    return true;
  }

  watched(type: string, { metadata, data }: any): void {
    const event: WatchedEvent = { type, name: metadata.name, revision: metadata.resourceVersion, value: data?.value };
    const last = this.seen.at(-1);
    if (last && Number(event.revision) <= Number(last.revision)) {
      this.problems.push(`the watch went from revision ${last.revision} to ${event.revision} (${event.type} ${event.name})`);
    }
    this.seen.push(event);
  }

  /** Compares what is there after a crash with what was answered, and takes over what became of the writes that were not. */
  survived(kind: Kind, { items }: { readonly items: readonly any[] }, life: number): void {
    const there = new Map<string, Known>(items.map((item) => [item.metadata.name, knownOf(item)]));
    for (const name of new Set([...there.keys(), ...this.known[kind].keys()])) {
      const now = there.get(name);
      const before = this.known[kind].get(name);
      if (now?.revision === before?.revision && now?.addresses === before?.addresses) continue;
      const pending = this.pending[kind].get(name);
      if (pending && pending.value === now?.value) {
        if (now) this.known[kind].set(name, now);
        else this.known[kind].delete(name);
        continue;
      }
      this.problems.push(`after kill ${life}, ${kind} ${name} is ${JSON.stringify(now)}, answered was ${JSON.stringify(before)}`);
    }
    this.pending[kind].clear();
    if (kind === 'services') this.checkAddresses(items, life);
  }

  /** Holds everything that was watched against everything that was answered. */
  judgeEvents(): void {
    const byRevision = new Map(this.seen.map((event) => [event.revision, event]));
    for (const [revision, value] of this.answered) {
      if (byRevision.get(revision)?.value !== value) this.problems.push(`the watch has not shown ${value} at revision ${revision}`);
    }
    const gone = new Set(this.seen.filter(({ type }) => type === 'DELETED').map(({ value }) => value));
    for (const value of this.deleted) if (!gone.has(value)) this.problems.push(`the watch has not shown that ${value} was deleted`);
    for (const { type, revision, value, name } of this.seen) {
      const expected =
        type === 'DELETED' ? this.deleted.has(value) || this.open.has(`-${name}`) : this.answered.has(revision) || this.open.has(value);
      if (!expected) this.problems.push(`the watch has shown ${type} ${name} ${value} at ${revision}, which nobody wrote`);
    }
  }

  /** @returns the object, or undefined if there was no answer */
  private async send(kind: Kind, name: string, pending: Pending, send: () => Promise<Answer>): Promise<any> {
    this.pending[kind].set(name, pending);
    const { status, body } = await send().catch((): Answer => ({ status: undefined, type: '', body: Buffer.alloc(0) }));
    const object = status === undefined ? undefined : parsed(body);
    if (!object) {
      this.unanswered++;
      this.open.add(pending.value ?? `-${name}`);
      return undefined;
    }
    this.pending[kind].delete(name);
    this.writes++;
    if (status! >= 300) this.problems.push(`${kind} ${name}: ${status} ${body.toString().slice(0, 300)}`);
    return object;
  }

  private checkAddresses(items: readonly any[], life: number): void {
    const owners = new Map<string, string>();
    for (const { metadata, spec } of items) {
      for (const address of [spec.clusterIP, ...spec.ports.map((port: any) => port.nodePort)]) {
        const other = owners.get(String(address));
        if (other) this.problems.push(`after kill ${life}, Services ${other} and ${metadata.name} share ${address}`);
        owners.set(String(address), metadata.name);
      }
    }
  }
}

function knownOf({ metadata, data, spec }: any): Known {
  return {
    revision: metadata.resourceVersion,
    value: data?.value ?? metadata.labels?.value,
    addresses: spec ? `${spec.clusterIP} ${spec.ports.map((port: any) => port.nodePort)}` : '',
  };
}

/** The object of an answer; undefined if the process ended in the middle of it. */
function parsed(body: Buffer): any {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
