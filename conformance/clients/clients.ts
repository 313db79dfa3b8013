import { join } from 'node:path';
import { root } from '../harness/cluster.ts';
import { buildOnce, type Outcome, runCommand } from '../harness/programs.ts';

/** A program that others' client library is exercised by. It gets the cluster as $KUBECONFIG and ends with 0 if nothing surprised it. */
export interface ClientProgram {
  readonly name: string;
  /** What must be installed to build and run it. */
  readonly needs: string;
  /** Commands that make it ready, run in a copy of its folder. */
  readonly build: readonly (readonly string[])[];
  readonly run: readonly string[];
}

/** To add one: a folder with the program, and its line here. */
export const programs: readonly ClientProgram[] = [
  { name: 'client-node', needs: 'npm', build: [['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']], run: ['node', 'main.mjs'] },
  { name: 'client-go', needs: 'go', build: [['go', 'build', '-o', 'program', '.']], run: ['./program'] },
];

/** Builds a program outside the tree, once for each state of its sources; returns its folder. @throws Error with what the build printed */
export function buildProgram({ name, build }: ClientProgram): Promise<string> {
  return buildOnce('clients', join(root, 'conformance/clients', name), build);
}

/** Runs a program against a cluster. */
export async function runProgram(program: ClientProgram, kubeconfig: string): Promise<Outcome> {
  const folder = await buildProgram(program);
  return runCommand(program.run, folder, { ...process.env, KUBECONFIG: kubeconfig });
}
