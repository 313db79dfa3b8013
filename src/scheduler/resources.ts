import { parseQuantity } from '../../api/meta/quantity.ts';
import { podRequests } from '../../api/meta/resources.ts';
import type { Container, Pod } from '../../openapi/types.ts';

/** Amounts by resource: CPU in thousandths, all others in their base unit. */
export type Amounts = Map<string, number>;

export function amountsOf(list: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, text] of Object.entries(list ?? {})) amounts.set(name, amountOf(name, text));
  return amounts;
}

function amountOf(name: string, text: string): number {
  const quantity = parseQuantity(text);
  return Number(name === 'cpu' ? quantity.milliValue() : quantity.value());
}

/** What a pod asks for, as filters count it. */
export function requestsOf(pod: Pod): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, quantity] of podRequests(pod.spec as any)) {
    amounts.set(name, Number(name === 'cpu' ? quantity.milliValue() : quantity.value()));
  }
  return amounts;
}

const assumedMilliCpu = 100;
const assumedMemory = 200 * 1024 * 1024;

/** As scores count it: a container that asks for no CPU or memory is taken to use a little, so that such pods spread as well. */
export function scoredRequestsOf(pod: Pod): { cpu: number; memory: number } {
  const spec = pod.spec!;
  const podLevel = (spec as any).resources?.requests ?? {};
  const of = (name: 'cpu' | 'memory', assumed: number) => {
    if (podLevel[name] !== undefined) return amountOf(name, podLevel[name]);
    const each = (container: Container) => {
      const text = container.resources?.requests?.[name];
      return text === undefined ? assumed : amountOf(name, text);
    };
    let total = 0;
    for (const container of spec.containers ?? []) total += each(container);
    let restartable = 0;
    let peak = 0;
    for (const container of spec.initContainers ?? []) {
      if (container.restartPolicy === 'Always') {
        restartable += each(container);
        peak = Math.max(peak, restartable);
      } else peak = Math.max(peak, restartable + each(container));
    }
    const overhead = spec.overhead?.[name];
    return Math.max(total + restartable, peak) + (overhead ? amountOf(name, overhead) : 0);
  };
  return { cpu: of('cpu', assumedMilliCpu), memory: of('memory', assumedMemory) };
}
