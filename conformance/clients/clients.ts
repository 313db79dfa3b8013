import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from '../harness/cluster.ts';
import { envtestAssets } from '../harness/envtest.ts';
import { buildOnce, type Outcome, runCommand } from '../harness/programs.ts';

/** A program that others' client library is exercised by. It gets the cluster as $KUBECONFIG and ends with 0 if nothing surprised it. */
export interface ClientProgram {
  readonly name: string;
  /** The commands that it is built and run with. */
  readonly needs: readonly string[];
  /** Commands that make it ready, run in a copy of its folder. */
  readonly build: readonly (readonly string[])[];
  readonly run: readonly string[];
  /** It starts servers itself, out of the folder $KUBEBUILDER_ASSETS. */
  readonly startsServers?: boolean;
}

const npm = { needs: ['npm'], build: [['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error']], run: ['node', 'main.mjs'] };
const go = { needs: ['go'], build: [['go', 'build', '-o', 'program', '.']], run: ['./program'] };
const goTest = { needs: ['go'], build: [['go', 'test', '-c', '-o', 'program', '.']], run: ['./program'], startsServers: true };
const python = {
  needs: ['python3'],
  build: [
    ['python3', '-m', 'venv', 'venv'],
    ['venv/bin/pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', 'requirements.txt'],
  ],
  run: ['venv/bin/python', 'main.py'],
};
const inTerminal = {
  needs: ['go', 'kubectl', ...python.needs],
  build: [['go', 'build', '-o', 'k9s', '.'], ...python.build],
  run: python.run,
};
// What cargo makes of the dependencies serves every state of the program.
const cargo = {
  needs: ['cargo'],
  build: [
    ['cargo', 'build', '--quiet', '--locked', '--target-dir', '../cargo-target'],
    ['cp', '../cargo-target/debug/program', 'program'],
  ],
  run: ['./program'],
};
const maven = {
  needs: ['mvn', 'javac'],
  build: [['mvn', '--quiet', '--batch-mode', 'compile', 'dependency:copy-dependencies', '-DoutputDirectory=lib']],
  run: ['java', '-cp', 'target/classes:lib/*', 'Main'],
};

/** To add one: a folder with the program, and its line here. */
export const programs: readonly ClientProgram[] = [
  { name: 'client-node', ...npm },
  { name: 'client-go', ...go },
  { name: 'controller-runtime', ...go },
  { name: 'envtest', ...goTest },
  { name: 'python-kubernetes', ...python },
  { name: 'kr8s', ...python },
  { name: 'fabric8', ...maven },
  { name: 'kube-rs', ...cargo },
  { name: 'k9s', ...inTerminal },
];

/** The commands that a program needs and that are not in the PATH. */
export function missingTools({ needs }: ClientProgram): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return needs.filter((tool) => !folders.some((folder) => existsSync(join(folder, tool))));
}

/** Builds a program outside the tree, once for each state of its sources; returns its folder. @throws Error with what is missing or what the build printed */
export async function buildProgram(program: ClientProgram): Promise<string> {
  const { name, build } = program;
  const missing = missingTools(program);
  if (missing.length > 0) throw new Error(`${name} needs ${missing.join(' and ')}, which cannot be found in the PATH`);
  return buildOnce('clients', join(root, 'conformance/clients', name), build);
}

/** Runs a program against a cluster, or against the servers in $KUBEBUILDER_ASSETS (by default this Orrery) that it starts. */
export async function runProgram(program: ClientProgram, kubeconfig: string): Promise<Outcome> {
  const folder = await buildProgram(program);
  const assets = program.startsServers
    ? { KUBEBUILDER_ASSETS: process.env.KUBEBUILDER_ASSETS || (await envtestAssets(join(folder, 'assets'))) }
    : {};
  return runCommand(program.run, folder, { ...process.env, KUBECONFIG: kubeconfig, ...assets });
}
