import { startCluster } from '../harness/cluster.ts';
import { programs, runProgram } from './clients.ts';

// npm run conformance:clients [-- NAME…]: every program of this folder, each against the same cluster.
const names = process.argv.slice(2);
await using cluster = await startCluster({ flags: ['--memory', '--nodes', '2'] });
let failed = 0;
for (const program of programs.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const began = performance.now();
  const { code, output } = await runProgram(program, cluster.kubeconfig).catch((error) => ({ code: null, output: String(error.message) }));
  console.log(`${code === 0 ? 'passed' : 'failed'} ${program.name} (${Math.round((performance.now() - began) / 1000)} s)`);
  if (code !== 0) console.log(output.replace(/^/gm, '    '));
  if (code !== 0) failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
