import { equal } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type RunningCluster, startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';
import { readGolden } from './golden.ts';
import { comparedTitles } from './script.ts';
import { scripts } from './scripts.ts';
import { runScript, type Target } from './session.ts';

export interface Kubectl {
  readonly file: string;
  /** `1.36` */
  readonly minor: string;
}

export function kubectlOf({ version, file }: { version: string; file: string }): Kubectl {
  return { file, minor: version.replace(/\.\d+$/, '') };
}

/** Runs a script against a cluster of its own and compares every step with what was recorded from the real one. */
export async function playScript(t: TestContext, name: string, { file, minor }: Kubectl, flags: readonly string[] = []): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-tour-'));
  let cluster: RunningCluster | undefined;
  try {
    cluster = await startCluster({ folder, flags });
    const number = Number(minor.split('.')[1]);
    const golden = readGolden(name, minor);
    const missing = comparedTitles(scripts[name], number).filter((title) => !golden.has(title));
    equal(missing.join('\n'), '', 'these commands were never recorded');
    const target: Target = {
      kubeconfig: cluster.kubeconfig,
      kubectl: file,
      helm: await bundledTool('helm'),
      minor: number,
      async restart() {
        equal(await cluster!.stop(), 0);
        cluster = await startCluster({ folder, flags });
      },
    };
    await runScript(scripts[name], target, ({ title, output }) => t.test(title, () => equal(output, golden.get(title))));
  } finally {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
