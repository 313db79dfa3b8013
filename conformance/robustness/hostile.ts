import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Attack, attacks, definitionAttacks, smallAttacks } from './attacks.ts';
import { connectTo, isRight, prepare, ready, textOf, tidyUp } from './play.ts';

/*
 * What others feel of hostile requests: `node --import tsx conformance/robustness/hostile.ts --kubeconfig FILE [--only TEXT] [--pid N]`. One connection
 * attacks, another one gets a ConfigMap over and over; a line for each attack tells its answer, its time, and the 99th percentile and the worst of the gets
 * meanwhile. With the server's process id it tells what of its CPU time its main thread and the others have used, which a busy machine does not change.
 */
const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, only: { type: 'string', default: '' }, pid: { type: 'string' } },
});
if (!values.kubeconfig) throw new Error('give --kubeconfig FILE');
const attacker = await connectTo(values.kubeconfig);
const nobody = await connectTo(values.kubeconfig, { anonymous: true });
const other = await connectTo(values.kubeconfig);
const all: number[] = [];
const plain = '/api/v1/namespaces/default/configmaps/kube-root-ca.crt';

async function run(attack: Attack): Promise<boolean> {
  const { name, method, path, type, headers, status } = attack;
  // Made before the clock runs: it is not the server's work.
  const sent = textOf(attack);
  const times: number[] = [];
  let over = false;
  const gets = (async () => {
    while (!over || times.length < 20) {
      const start = performance.now();
      await other.ask('GET', plain);
      times.push(performance.now() - start);
    }
  })();
  const before = cpuTimes();
  const start = performance.now();
  const answer = await (attack.anonymous ? nobody : attacker).ask(method, path, sent, type, headers);
  const took = performance.now() - start;
  over = true;
  await gets;
  const after = cpuTimes();
  all.push(...times);
  times.sort((a, b) => a - b);
  const right = isRight(attack, answer);
  const p99 = percentile(times, 0.99);
  const cpu = before && after ? `; CPU ${after.main - before.main} + ${after.others - before.others} ms` : '';
  console.log(
    `${right ? 'ok   ' : 'WRONG'} ${name.padEnd(48)} ${answer.status} ${took.toFixed(0).padStart(6)} ms; gets: p99 ${p99.toFixed(0)} ms, worst ${times.at(-1)!.toFixed(0)} ms${cpu}`,
  );
  if (!right) console.log(`      ${status} expected: ${answer.text.replace(/\s+/g, ' ').slice(0, 300)}`);
  return right;
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(sorted.length * part)]!;
}

/** CPU milliseconds of the server's main thread and of its others so far; undefined where that cannot be told. */
function cpuTimes(): { main: number; others: number } | undefined {
  if (!values.pid) return undefined;
  const sum = { main: 0, others: 0 };
  for (const thread of readdirSync(`/proc/${values.pid}/task`)) {
    const fields = readFileSync(`/proc/${values.pid}/task/${thread}/stat`, 'utf8').split(') ')[1]!.split(' ');
    sum[thread === values.pid ? 'main' : 'others'] += (Number(fields[11]) + Number(fields[12])) * 10;
  }
  return sum;
}

await prepare(attacker);
const wanted = ({ name }: Attack) => name.includes(values.only);
let wrong = 0;
try {
  for (const attack of definitionAttacks) if (!(await run(attack))) wrong++;
  await ready(attacker);
  for (const attack of smallAttacks) if (wanted(attack) && !(await run(attack))) wrong++;
  for (const attack of attacks) if ((attack === attacks[0] || wanted(attack)) && !(await run(attack))) wrong++;
} finally {
  await tidyUp(attacker);
  attacker.close();
  nobody.close();
  other.close();
}
all.sort((a, b) => a - b);
console.log(
  `all ${all.length} gets: p50 ${percentile(all, 0.5).toFixed(1)} ms, p99 ${percentile(all, 0.99).toFixed(1)} ms, worst ${all.at(-1)!.toFixed(0)} ms`,
);
process.exitCode = wrong > 0 ? 1 : 0;
