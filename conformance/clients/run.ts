import { startCluster } from '../harness/cluster.ts';
import { programs, runProgram } from './clients.ts';

// npm run conformance:clients [-- [--here] NAME…]: every program of this folder, each against the same cluster; with --here against that of $KUBECONFIG.
const names = process.argv.slice(2).filter((argument) => argument !== '--here');
const unknown = names.filter((name) => !programs.some((program) => program.name === name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${programs.map(({ name }) => name).join(', ')}`);
const here = process.argv.includes('--here');
if (here && !process.env.KUBECONFIG) throw new Error('--here needs $KUBECONFIG');
await using cluster = here ? undefined : await startCluster({ flags: ['--memory', '--nodes', '2'] });
const kubeconfig = cluster?.kubeconfig ?? process.env.KUBECONFIG!;
let failed = 0;
for (const program of programs.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const began = performance.now();
  const { code, output } = await runProgram(program, kubeconfig).catch((error) => ({ code: null, output: String(error.message) }));
  console.log(`${code === 0 ? 'passed' : 'failed'} ${program.name} (${Math.round((performance.now() - began) / 1000)} s)`);
  if (code !== 0) console.log(output.replace(/^/gm, '    '));
  if (code !== 0) failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
