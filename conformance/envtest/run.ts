import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { envtestAssets } from '../harness/envtest.ts';
import { moduleFolder } from '../harness/modules.ts';
import { cacheFolder, makeOnce, runCommand } from '../harness/programs.ts';
import { type Suite, suites } from './suites.ts';

// npm run conformance:envtest [-- [--here] NAME…]: the suites of projects that others wrote, on the servers of `orrery envtest`, or with --here on those of
// $KUBEBUILDER_ASSETS.
const here = process.argv.includes('--here');
const names = process.argv.slice(2).filter((argument) => argument !== '--here');
const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}`);
if (here && !process.env.KUBEBUILDER_ASSETS) throw new Error('--here needs $KUBEBUILDER_ASSETS');
const assets = here ? undefined : mkdtempSync(join(tmpdir(), 'orrery-envtest-'));
try {
  if (assets) await envtestAssets(assets);
  const env = { ...process.env, ...(assets ? { KUBEBUILDER_ASSETS: assets } : {}) };
  for (const suite of suites.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const folder = await sourcesOf(suite);
    for (const name of suite.packages) {
      const began = performance.now();
      const { code, output } = await runCommand(testCommand(suite, name), folder, env);
      console.log(`${code === 0 ? 'passed' : 'failed'} ${suite.name} ${name} (${Math.round((performance.now() - began) / 1000)} s)`);
      if (code === 0) continue;
      console.log(output.replace(/^/gm, '    '));
      process.exitCode = 1;
    }
  }
} finally {
  if (assets) rmSync(assets, { recursive: true, force: true });
}

// One package at a time: several suites serve their metrics on one port.
function testCommand({ without }: Suite, name: string): string[] {
  return ['go', 'test', '-count=1', '-timeout=20m', name, ...(without ? ['-args', `-ginkgo.skip=${without.pattern}`] : [])];
}

/** A copy of the module's sources that may be changed, made once. */
function sourcesOf({ name, module, version, prepare }: Suite): Promise<string> {
  return makeOnce(join(cacheFolder('envtest'), `${name}-${version}`), async (making) => {
    cpSync(await moduleFolder(module, version), making, { recursive: true });
    makeWritable(making);
    await prepare?.(making);
  });
}

// Go keeps modules read-only, and no file of them may be run.
function makeWritable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeWritable(path);
    else chmodSync(path, entry.name.endsWith('.sh') ? 0o755 : 0o644);
  }
}
