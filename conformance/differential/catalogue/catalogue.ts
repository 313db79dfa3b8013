import type { Body } from '../bodies.ts';
import type { Request } from '../connection.ts';

/** Values by their place (`spec.ports.0.port`; a name with dots in brackets: `data[a.b]`); undefined takes a field away. */
export type Changes = Readonly<Record<string, unknown>>;

/** What is asked of one kind, by hand: each as a dry run of an object with some fields changed. */
export interface Chapter {
  readonly name: string;
  readonly kind: string;
  /** Where a kind has several versions. */
  readonly apiVersion?: string;
  /** A valid object without apiVersion, kind and name. */
  readonly base: Body;
  /** The object's name, where its form matters. */
  readonly objectName?: string;
  readonly creates?: readonly Changes[];
  /** What is created for good, and with what it is replaced. */
  readonly updates?: readonly {
    readonly from?: Changes;
    /** What its status says by then. */
    readonly status?: Changes;
    readonly to: readonly Changes[];
    readonly name?: string;
  }[];
  /** Patches of what is created for good, as data or, where they are none, as text. */
  readonly patches?: readonly {
    readonly from?: Changes;
    readonly status?: Changes;
    readonly type: 'json' | 'merge' | 'strategic' | 'apply';
    readonly subresource?: string;
    /** Besides `dryRun=All`. */
    readonly query?: string;
    readonly bodies: readonly unknown[];
  }[];
  /** Changes of the status, of an object that is otherwise the base. */
  readonly statuses?: readonly { readonly from?: Changes; readonly first?: Changes; readonly to: readonly Changes[] }[];
}

/** Requests that are sent one after the other as they stand; `$namespace` is the run's own. */
export interface Sequence {
  readonly name: string;
  readonly requests: readonly Request[];
}

/** One change for each value of a field. */
export const each = (place: string, values: readonly unknown[]): Changes[] => values.map((value) => ({ [place]: value }));

/** The least that makes a container, and a template of pods. */
export const container = { name: 'a', image: 'i' };
export const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } };

/** An object with some fields changed. */
export function changed(object: Body, changes: Changes): Body {
  const result = structuredClone(object);
  for (const [place, value] of Object.entries(changes)) {
    const steps = place.match(/[^.[\]]+|\[[^\]]*\]/g)!.map((step) => step.replace(/^\[|\]$/g, ''));
    const last = steps.pop()!;
    let holder: any = result;
    for (const [at, step] of steps.entries()) holder = holder[step] ??= /^\d+$/.test(steps[at + 1] ?? last) ? [] : {};
    if (value !== undefined) holder[last] = value;
    else if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else delete holder[last];
  }
  return result;
}
