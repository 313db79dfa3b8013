import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';

/** Logs, commands in containers, copies and forwarded ports, as the real kubectl sees them: over WebSockets, and over SPDY as older ones do. */
const kubectl = await bundledTool('kubectl');
const objects = `
apiVersion: v1
kind: ConfigMap
metadata: {name: texts}
data: {greeting: "grüße"}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 0
  initContainers:
  - {name: first, image: busybox, command: [sh, -c, "echo prepared"]}
  containers:
  - name: talker
    image: busybox
    command: [sh, -c, "echo one; echo two >&2; cat /texts/greeting; echo; sleep 3600"]
    volumeMounts: [{name: texts, mountPath: /texts}]
  - name: server
    image: nginx
    volumeMounts: [{name: texts, mountPath: /texts}]
  volumes:
  - {name: texts, configMap: {name: texts}}
---
apiVersion: v1
kind: Pod
metadata: {name: crash}
spec:
  containers:
  - {name: main, image: busybox, command: [sh, -c, "echo last words; exit 3"]}
---
apiVersion: v1
kind: Pod
metadata: {name: unmounted}
spec:
  containers:
  - {name: main, image: nginx, volumeMounts: [{name: lost, mountPath: /lost}]}
  volumes:
  - {name: lost, secret: {secretName: lost}}
---
apiVersion: v1
kind: Pod
metadata: {name: unpulled}
spec:
  containers:
  - {name: main, image: "shop:404"}
`;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

test('logs, exec, attach, cp and port-forward', { timeout: 240_000, concurrency: true }, async (t) => {
  await using cluster = await startCluster({ flags: ['--memory', '--nodes', '1'] });
  const run = async (args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ended> => {
    const child = spawn(kubectl, args, { env: { ...process.env, KUBECONFIG: cluster.kubeconfig, ...env } });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code, out, err };
  };
  const out = async (line: string, input = '', env: Record<string, string> = {}): Promise<string> => {
    const ended = await run(line.split(' '), input, env);
    equal(ended.code, 0, `kubectl ${line}: ${ended.err}`);
    return ended.out;
  };
  const failure = async (...args: string[]): Promise<string> => {
    const ended = await run(args);
    equal(ended.code, 1, `kubectl ${args.join(' ')}: ${ended.out}`);
    return ended.err.trim();
  };
  await out('apply -f -', objects);
  const state = '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}';
  await Promise.all([
    out('wait --for=condition=Ready pod/web --timeout=60s'),
    out('wait --for=jsonpath={.status.containerStatuses[0].restartCount}=1 pod/crash --timeout=60s'),
    out(`wait ${state}=ContainerCreating pod/unmounted --timeout=60s`),
    out(`wait ${state}=ImagePullBackOff pod/unpulled --timeout=60s`),
  ]);
  const together: Promise<void>[] = [];

  const logs = t.test('logs', async () => {
    const whole = 'one\ntwo\ngrüße\n';
    equal(await out('logs web -c talker'), whole);
    // kubectl asks for one container after the other, in the order of a Go map.
    deepEqual((await out('logs web --all-containers')).split('\n').sort(), `prepared\n${whole}`.split('\n').sort());
    equal(await out('logs web -c talker --tail=2'), 'two\ngrüße\n');
    equal(await out('logs web -c talker --limit-bytes=5'), 'one\nt');
    match(await out('logs web -c first --timestamps'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z prepared\n$/);
    equal(await out('logs web -c talker --since-time=2100-01-01T00:00:00Z'), '');
    equal(await out('logs web -c server'), '');
    equal(await out('logs crash --previous'), 'last words\n');
    equal(
      await failure('logs', 'web', '-c', 'talker', '--previous'),
      'Error from server (BadRequest): previous terminated container "talker" in pod "web" not found',
    );
    equal(
      await failure('logs', 'unmounted'),
      'Error from server (BadRequest): container "main" in pod "unmounted" is waiting to start: ContainerCreating',
    );
    // The image is tried again now and then, and is for a moment the one that could not be pulled.
    match(
      await failure('logs', 'unpulled'),
      /^Error from server \(BadRequest\): container "main" in pod "unpulled" is waiting to start: (trying and failing to pull image|image can't be pulled)$/,
    );
  });

  for (const sockets of ['true', 'false']) {
    const env = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: sockets, KUBECTL_PORT_FORWARD_WEBSOCKETS: sockets };
    const over = sockets === 'true' ? 'WebSockets' : 'SPDY';
    together.push(
      t.test(`exec over ${over}`, async () => {
        equal(await out('exec web -c server -- cat /texts/greeting', '', env), 'grüße');
        equal(await out('exec -i web -c talker -- cat', 'typed\n', env), 'typed\n');
        const script = 'echo $HOSTNAME\nif true\nthen echo inside >&2\nfi\nexit 4\n';
        const shell = await run(['exec', '-i', 'web', '-c', 'server', '--', 'sh'], script, env);
        deepEqual(shell, { code: 4, out: 'web\n', err: 'inside\ncommand terminated with exit code 4\n' });
        match(
          await failure('exec', 'web', '-c', 'server', '--', 'nginx', '-v'),
          /start exec "[0-9a-f]{64}": .*exec: "nginx": executable file not found in \$PATH: unknown$/,
        );
        match(await failure('exec', 'unmounted', '--', 'true'), /container not found \("main"\)$/);
      }),
    );
    together.push(
      t.test(`cp over ${over}`, async () => {
        const [here, back] = [join(cluster.folder, `here-${sockets}`), join(cluster.folder, `back-${sockets}`)];
        const bytes = Buffer.from(Array.from({ length: 2000 }, (_, index) => index % 256));
        await writeFile(here, bytes);
        await out(`cp ${here} web:/tmp/there-${sockets} -c server`, '', env);
        await out(`cp web:/tmp/there-${sockets} ${back} -c server`, '', env);
        deepEqual(await readFile(back), bytes);
      }),
    );
    together.push(
      t.test(`port-forward over ${over}: nothing listens`, async () => {
        const child = spawn(kubectl, ['port-forward', 'pod/web', ':81'], {
          env: { ...process.env, KUBECONFIG: cluster.kubeconfig, ...env },
        });
        const ended = once(child, 'exit');
        const [ready] = (await once(child.stdout, 'data')) as [Buffer];
        const port = /127\.0\.0\.1:(\d+)/.exec(String(ready))![1];
        const errors = text(child.stderr);
        // Only that somebody connects matters.
        const visitor = connect(Number(port), '127.0.0.1').on('error', () => {});
        await ended;
        visitor.destroy();
        match(await errors, /error forwarding port 81 to pod .*connect: connection refused/);
      }),
    );
  }

  await Promise.all([logs, ...together]);

  await t.test('run with a terminal of its own', async () => {
    const ended = await run(['run', 'shell', '-i', '--rm', '--restart=Never', '--image=busybox'], 'echo typed $HOSTNAME; exit\n');
    match(ended.out, /^typed shell$/m);
  });

  await t.test('who has no more to say leaves a program whose input stays open', async () => {
    const command = ['run', 'open', '-i', '--leave-stdin-open', '--restart=Never', '--image=busybox', '--', 'sh', '-c', 'cat && echo over'];
    equal((await run(command, 'typed\n')).code, 0);
    equal(await out('logs open'), 'typed\n');
    equal(await out('get pod open -o jsonpath={.status.phase}'), 'Running');
  });

  await t.test('what is followed ends with its container', async () => {
    const child = spawn(kubectl, ['logs', '-f', 'web', '-c', 'talker', '--tail=1'], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    });
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    equal(String(first), 'grüße\n');
    // One that prints nothing is followed no less.
    const quiet = spawn(kubectl, ['logs', '-f', 'web', '-c', 'server', '-v=6'], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
    });
    quiet.stdout.resume();
    for await (const words of quiet.stderr.iterator({ destroyOnReturn: false })) if (/\/log\?.*200 OK/.test(String(words))) break;
    quiet.stderr.resume();
    const ended = Promise.all([once(child, 'exit'), once(quiet, 'exit')]);
    child.stdout.resume();
    await out('get pod web');
    equal(quiet.exitCode, null);
    await out('delete pod web --wait=true');
    deepEqual(await ended, [
      [0, null],
      [0, null],
    ]);
  });

  await t.test('a volume is there once its Secret is', async () => {
    await out('create secret generic lost --from-literal=key=found');
    await out('wait --for=condition=Ready pod/unmounted --timeout=60s');
    equal(await out('exec unmounted -- cat /lost/key'), 'found');
  });
});
