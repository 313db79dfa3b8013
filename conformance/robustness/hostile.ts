import { type ClientHttp2Session, connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { type Attack, attacks, definitionAttacks, namespace } from './attacks.ts';

/*
 * What others feel of hostile requests: `node --import tsx conformance/robustness/hostile.ts --kubeconfig FILE [--only TEXT]`. One connection attacks, another
 * one gets a ConfigMap over and over; a line for each attack tells its answer, its time, and the 99th percentile and the worst of the gets meanwhile.
 */
const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, only: { type: 'string', default: '' } } });
if (!values.kubeconfig) throw new Error('give --kubeconfig FILE');
const { server, authority: ca, certificate: cert, key } = await readKubeconfig(values.kubeconfig);

async function ask(
  session: ClientHttp2Session,
  method: string,
  path: string,
  body?: object | string,
  type = 'application/json',
  headers = {},
) {
  const stream = session.request({ ':method': method, ':path': path, ...(body === undefined ? {} : { 'content-type': type }), ...headers });
  const response = new Promise<number>((resolve) => stream.once('response', (answer) => resolve(Number(answer[':status']))));
  stream.end(typeof body === 'object' ? JSON.stringify(body) : body);
  const answer = await text(stream);
  return { status: await response, text: answer };
}

const attacker = connect(server, { ca, cert, key });
const other = connect(server, { ca, cert, key });
const plain = '/api/v1/namespaces/default/configmaps/kube-root-ca.crt';

async function run({ name, method, path, body, type, headers, status, says, real }: Attack): Promise<boolean> {
  // Made before the clock runs: it is not the server's work.
  const made = body?.();
  const sent = typeof made === 'object' ? JSON.stringify(made) : made;
  const times: number[] = [];
  let over = false;
  const gets = (async () => {
    while (!over || times.length < 20) {
      const start = performance.now();
      await ask(other, 'GET', plain);
      times.push(performance.now() - start);
    }
  })();
  const start = performance.now();
  const answer = await ask(attacker, method, path, sent, type, headers);
  const took = performance.now() - start;
  over = true;
  await gets;
  times.sort((a, b) => a - b);
  const right = (answer.status === status && (!says || says.test(answer.text))) || answer.status === real;
  const p99 = times[Math.floor(times.length * 0.99)]!;
  console.log(
    `${right ? 'ok   ' : 'WRONG'} ${name.padEnd(48)} ${answer.status} ${took.toFixed(0).padStart(6)} ms; gets: p99 ${p99.toFixed(0)} ms, worst ${times.at(-1)!.toFixed(0)} ms`,
  );
  if (!right) console.log(`      ${status} expected: ${answer.text.replace(/\s+/g, ' ').slice(0, 300)}`);
  return right;
}

await ask(attacker, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
while ((await ask(attacker, 'GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`)).status !== 200) {}
const wanted = ({ name }: Attack) => name.includes(values.only);
let wrong = 0;
try {
  for (const attack of definitionAttacks) if (!(await run(attack))) wrong++;
  for (const path of new Set(attacks.flatMap(({ path }) => (path.includes('hostile.example.com') ? [path] : [])))) {
    while ((await ask(attacker, 'GET', path)).status !== 200) {}
  }
  for (const attack of attacks) if ((attack === attacks[0] || wanted(attack)) && !(await run(attack))) wrong++;
} finally {
  for (const { body } of definitionAttacks) {
    const { metadata } = body!() as { metadata: { name: string } };
    await ask(attacker, 'DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}`);
  }
  await ask(attacker, 'DELETE', `/api/v1/namespaces/${namespace}`);
  attacker.close();
  other.close();
}
process.exitCode = wrong > 0 ? 1 : 0;
