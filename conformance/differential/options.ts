import { parseArgs } from 'node:util';
import { Connection } from './connection.ts';

/** What a comparison of two servers is told on its command line. */
export interface RunOptions {
  readonly reference: Connection;
  readonly tested: Connection;
  readonly seed: number;
  readonly count: number;
  /** Number of the first; for a comparison whose parts do not build on one another. */
  readonly from: number;
  readonly jobs: number;
  readonly examples: number;
  readonly verbose: boolean;
  /** Whether what has this name is to be compared. */
  readonly wants: (name: string) => boolean;
}

/** @param selection the option that names what to compare, by commas; @param jobs the default number of comparisons at once. @throws Error without the two servers */
export function runOptions(selection: 'areas' | 'kinds' | 'chapters', jobs: number): RunOptions {
  const { values } = parseArgs({
    options: {
      reference: { type: 'string' },
      kubeconfig: { type: 'string' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '200' },
      from: { type: 'string', default: '0' },
      [selection]: { type: 'string', default: '' },
      jobs: { type: 'string', default: String(jobs) },
      examples: { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const { reference, kubeconfig, seed, count, from, examples, verbose, ...others } = values as Record<string, string> & {
    verbose: boolean;
  };
  if (!reference || !kubeconfig) throw new Error('--reference and --kubeconfig name the two servers');
  const names = others[selection] === '' ? undefined : new Set(others[selection]!.split(','));
  return {
    reference: new Connection(reference),
    tested: new Connection(kubeconfig),
    seed: Number(seed),
    count: Number(count),
    from: Number(from),
    jobs: Number(others['jobs']),
    examples: Number(examples),
    verbose,
    wants: (name) => names === undefined || names.has(name),
  };
}
