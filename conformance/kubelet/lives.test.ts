import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { configMap as configMaps } from '../../api/core/v1/configmap.ts';
import { event as events } from '../../api/core/v1/event.ts';
import { pod as pods } from '../../api/core/v1/pod.ts';
import { secret as secrets } from '../../api/core/v1/secret.ts';
import type { ContainerStatus, Pod } from '../../openapi/types.ts';
import { namespace, sharedParts, World } from '../models/world.ts';

/** The lives of pods on a simulated node, on the virtual clock: what their kubelet reports, when, and which events it records. */
const parts = sharedParts();
const seconds = 1_000;

class Node {
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  async start(name: string, spec: object, metadata: object = {}): Promise<void> {
    const whole = { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, ...spec };
    await this.world.api(pods).create(namespace, { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: whole });
    await this.world.quiesce();
  }

  /** A pod of one container that runs a shell's script. */
  script(name: string, text: string, container: object = {}, spec: object = {}): Promise<void> {
    return this.start(name, { containers: [{ name: 'main', image: 'busybox:1', command: ['sh', '-c', text], ...container }], ...spec });
  }

  async get(name: string): Promise<Pod> {
    return (await this.world.api(pods).get(namespace, name)) as Pod;
  }

  async main(name: string): Promise<ContainerStatus> {
    return (await this.get(name)).status!.containerStatuses![0]!;
  }

  /** Phase, and for each container its state's name, with what tells most about it. */
  async summary(name: string): Promise<string> {
    const { status } = await this.get(name);
    const states = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
      ({ state, ready, restartCount }) => {
        const what = state?.waiting?.reason ?? (state?.terminated ? `ended ${state.terminated.exitCode}` : ready ? 'ready' : 'running');
        return restartCount ? `${what} (${restartCount})` : what;
      },
    );
    return [status?.phase, ...states].join(', ');
  }

  async events(name: string): Promise<string[]> {
    const list = await this.world.api(events).list(namespace);
    return list.items
      .filter(({ involvedObject, source }) => involvedObject.name === name && source?.component === 'kubelet')
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  async delete(name: string): Promise<void> {
    await this.world.api(pods).delete(namespace, name);
    await this.world.quiesce();
  }

  async exists(name: string): Promise<boolean> {
    const list = await this.world.api(pods).list(namespace);
    return list.items.some(({ metadata }) => metadata!.name === name);
  }

  pass(milliseconds: number): Promise<void> {
    return this.world.advance(milliseconds);
  }

  patch(name: string, body: object): Promise<void> {
    return this.world.patch(pods, name, body).then(() => this.world.quiesce());
  }

  log(name: string): string {
    return this.world.logOf(name, 'main');
  }

  get api() {
    return this.world.api.bind(this.world);
  }
}

function onNode(name: string, play: (node: Node) => Promise<void>): void {
  test(name, { timeout: 300_000 }, async () => {
    await using world = await World.open({ seed: 1, parts, controllers: [], definitions: [], check: () => undefined });
    await world.addNode();
    await world.quiesce();
    await play(new Node(world));
  });
}

onNode('a command decides how long a container runs and how it ends', async (node) => {
  await node.script(
    'short',
    'echo begun; sleep 5; exit 3',
    { terminationMessagePolicy: 'FallbackToLogsOnError' },
    { restartPolicy: 'Never' },
  );
  await node.start('plain', { containers: [{ name: 'main', image: 'nginx' }] });
  equal(await node.summary('short'), 'Running, ready');
  await node.pass(4 * seconds);
  equal(await node.summary('short'), 'Running, ready');
  await node.pass(1 * seconds);
  equal(await node.summary('short'), 'Failed, ended 3');
  equal((await node.main('short')).state!.terminated!.message, 'begun\n');
  await node.pass(3600 * seconds);
  equal(await node.summary('plain'), 'Running, ready');
});

onNode('what fails is restarted, later each time', async (node) => {
  await node.script('loop', 'sleep 1; false');
  await node.pass(2 * seconds);
  equal(await node.summary('loop'), 'Running, CrashLoopBackOff (1)');
  match((await node.main('loop')).state!.waiting!.message!, /^back-off 10s restarting failed container=main pod=loop_model\(/);
  await node.pass(11 * seconds);
  equal((await node.main('loop')).restartCount, 2);
  match((await node.main('loop')).state!.waiting!.message!, /^back-off 20s /);
  equal((await node.main('loop')).lastState!.terminated!.reason, 'Error');
});

onNode('init containers run one after the other and share volumes with the others', async (node) => {
  const mounts = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const shell = (name: string, text: string) => ({ name, image: 'busybox:1', command: ['sh', '-c', text], ...mounts });
  await node.start('init', {
    restartPolicy: 'Never',
    volumes: [{ name: 'data', emptyDir: {} }],
    initContainers: [shell('one', 'sleep 2; echo 7 > /data/code'), shell('two', 'sleep 3')],
    containers: [shell('main', 'exit $(cat /data/code)')],
  });
  equal(await node.summary('init'), 'Pending, running, PodInitializing, PodInitializing');
  await node.pass(2 * seconds);
  equal(await node.summary('init'), 'Pending, ended 0, running, PodInitializing');
  await node.pass(3 * seconds);
  equal(await node.summary('init'), 'Failed, ended 0, ended 0, ended 7');
});

onNode('a resize is taken where the node has room, waits where it has none, and starts containers again that ask for it', async (node) => {
  const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  await node.start('grows', { containers: [{ name: 'main', image: 'nginx', resizePolicy, resources }] });
  const resize = async (requests: object) => {
    const body = { spec: { containers: [{ name: 'main', resources: { requests } }] } };
    await node.api(pods).patch(namespace, 'grows', 'application/strategic-merge-patch+json', body, { subresource: 'resize' });
    await node.pass(1 * seconds);
    const { resources, allocatedResources, restartCount } = await node.main('grows');
    const pending = (await node.get('grows')).status!.conditions!.find(({ type }) => type === 'PodResizePending');
    deepEqual(resources!.requests, allocatedResources);
    return [allocatedResources!['cpu'], allocatedResources!['memory'], restartCount, pending?.reason];
  };
  deepEqual(await resize({ cpu: '200m' }), ['200m', '64Mi', 0, undefined]);
  deepEqual(await resize({ cpu: '9000' }), ['200m', '64Mi', 0, 'Deferred']);
  deepEqual(await resize({ cpu: '150m' }), ['150m', '64Mi', 0, undefined]);
  deepEqual(await resize({ memory: '65Mi' }), ['150m', '65Mi', 1, undefined]);
  const told = (await node.events('grows')).filter((line) => /esize/.test(line)).map((line) => line.replace(/: \{.*/, ''));
  const taken = ['ResizeStarted: Pod resize started', 'ResizeCompleted: Pod resize completed'];
  deepEqual(
    told.sort(),
    [...taken, ...taken, ...taken, 'ResizeDeferred: Pod resize Deferred', 'Killing: Container main resize requires restart'].sort(),
  );
});

onNode('a pod waits for what its volumes are made of, and its programs see it change', async (node) => {
  const volumes = [
    { name: 'texts', configMap: { name: 'texts', items: [{ key: 'a', path: 'deep/a', mode: 0o400 }] } },
    { name: 'about', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
  ];
  const mounts = { volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/${name}` })) };
  const text = 'cat /about/name; echo; ls -l /texts/deep; while true; do cat /texts/deep/a; echo; sleep 50; done';
  await node.script('reader', text, mounts, { volumes });
  equal(await node.summary('reader'), 'Pending, ContainerCreating');
  const { status } = await node.get('reader');
  deepEqual([status!.podIP, status!.conditions!.find(({ type }) => type === 'PodReadyToStartContainers')!.status], [undefined, 'False']);
  const missing = 'FailedMount: MountVolume.SetUp failed for volume "texts" : configmap "texts" not found';
  await node.pass(2 * seconds);
  deepEqual([...new Set(await node.events('reader'))], [missing]);
  const texts = (a: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'texts' }, data: { a } });
  await node.api(configMaps).create(namespace, { ...texts('old'), data: { b: 'x' } });
  await node.pass(10 * seconds);
  match((await node.events('reader')).at(-1)!, /configmap references non-existent config key: a$/);
  await node.api(configMaps).update(namespace, texts('old'));
  await node.pass(60 * seconds);
  equal(await node.summary('reader'), 'Running, ready');
  await node.api(configMaps).update(namespace, texts('new'));
  await node.pass(120 * seconds);
  const lines = node.log('reader').split('\n');
  equal(lines[0], 'reader');
  match(lines[1]!, /^-r-------- .* 3 .* a$/);
  deepEqual([...new Set(lines.slice(2, -1))], ['old', 'new']);
});

onNode('what is written to the node itself or a part of a volume is found by the next pod', async (node) => {
  const volumes = [
    { name: 'host', hostPath: { path: '/data' } },
    { name: 'work', emptyDir: {} },
  ];
  const mounts = {
    volumeMounts: [
      { name: 'host', mountPath: '/host' },
      { name: 'work', mountPath: '/work', subPath: 'a/b' },
      { name: 'work', mountPath: '/all' },
    ],
  };
  await node.script('writer', 'echo kept > /host/file; test -d /all/a/b', mounts, { volumes, restartPolicy: 'Never' });
  equal(await node.summary('writer'), 'Succeeded, ended 0');
  await node.script('reader', 'cat /host/file', mounts, { volumes, restartPolicy: 'Never' });
  equal(node.log('reader'), 'kept\n');
});

onNode('hooks run in the container: one that fails ends it, one that takes time holds it back', async (node) => {
  const hook = (script: string) => ({ lifecycle: { postStart: { exec: { command: ['sh', '-c', script] } } } });
  await node.script('slow', 'sleep 3600', hook('echo x > /tmp/x; sleep 7'));
  equal(await node.summary('slow'), 'Running, running');
  await node.pass(7 * seconds);
  equal(await node.summary('slow'), 'Running, ready');
  await node.script('broken', "trap 'exit 5' TERM; while true; do sleep 1; done", hook('exit 1'), { restartPolicy: 'Never' });
  await node.pass(2 * seconds);
  equal(await node.summary('broken'), 'Failed, ended 5');
  deepEqual(
    (await node.events('broken')).filter((line) => line.startsWith('FailedPostStartHook')),
    ['FailedPostStartHook: PostStartHook failed'],
  );
});

onNode('an image that is not there is pulled again and again, until the pod names another', async (node) => {
  await node.start('pull', { containers: [{ name: 'main', image: 'shop:404' }] });
  equal(await node.summary('pull'), 'Pending, ErrImagePull');
  await node.pass(2 * seconds);
  equal(await node.summary('pull'), 'Pending, ImagePullBackOff');
  match((await node.main('pull')).state!.waiting!.message!, /^Back-off pulling image "shop:404": ErrImagePull: rpc error: code = NotFound/);
  await node.pass(9 * seconds);
  equal(await node.summary('pull'), 'Pending, ImagePullBackOff');
  const told = (await node.events('pull')).map((text) => text.split(':')[0]);
  deepEqual(new Set(told), new Set(['Pulling', 'Failed', 'BackOff']));
  await node.patch('pull', { spec: { containers: [{ name: 'main', image: 'shop:2' }] } });
  equal(await node.summary('pull'), 'Running, ready');
});

onNode('a container whose ConfigMap is missing waits for it', async (node) => {
  const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }];
  await node.start('config', { containers: [{ name: 'main', image: 'nginx', env }] });
  equal(await node.summary('config'), 'Pending, CreateContainerConfigError');
  equal((await node.main('config')).state!.waiting!.message, 'configmap "settings" not found');
  await node.api(configMaps).create(namespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } });
  await node.pass(10 * seconds);
  equal(await node.summary('config'), 'Running, ready');
});

onNode('a mount by an expression waits for the annotation in it', async (node) => {
  const env = [{ name: 'SUB', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['sub']" } } }];
  const volumeMounts = [{ name: 'data', mountPath: '/data', subPathExpr: '$(SUB)' }];
  await node.start('mount', {
    volumes: [{ name: 'data', emptyDir: {} }],
    containers: [{ name: 'main', image: 'nginx', env, volumeMounts }],
  });
  equal((await node.main('mount')).state!.waiting!.message, 'missing value for SUB');
  await node.patch('mount', { metadata: { annotations: { sub: '/etc' } } });
  equal((await node.main('mount')).state!.waiting!.message, 'error SubPath `/etc` must not be an absolute path');
  await node.patch('mount', { metadata: { annotations: { sub: 'here' } } });
  equal(await node.summary('mount'), 'Running, ready');
});

onNode('probes decide when a container is ready and when it is restarted', async (node) => {
  await node.script('probed', 'touch /tmp/health; sleep 20; rm /tmp/health; sleep 600', {
    readinessProbe: { exec: { command: ['cat', '/tmp/health'] }, initialDelaySeconds: 5, periodSeconds: 5 },
    livenessProbe: {
      exec: { command: ['cat', '/tmp/health'] },
      periodSeconds: 5,
      failureThreshold: 2,
      terminationGracePeriodSeconds: 3,
    },
  });
  equal(await node.summary('probed'), 'Running, running');
  await node.pass(5 * seconds);
  equal(await node.summary('probed'), 'Running, ready');
  await node.pass(20 * seconds);
  const told = await node.events('probed');
  equal(told.filter((text) => text.startsWith('Unhealthy: Liveness probe failed: cat:')).length, 1);
  equal(told.filter((text) => text === 'Killing: Container main failed liveness probe, will be restarted').length, 1);
  await node.pass(3 * seconds);
  equal(await node.summary('probed'), 'Running, running (1)');
  equal((await node.main('probed')).lastState!.terminated!.exitCode, 137);
});

onNode('commands of probes and hooks run beside a server, too', async (node) => {
  await node.start('visited', {
    containers: [
      {
        name: 'main',
        image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
        lifecycle: { postStart: { exec: { command: ['sh', '-c', 'touch /tmp/started'] } } },
        readinessProbe: { exec: { command: ['sh', '-c', 'test -e /tmp/started && ! test -e /tmp/failed'] }, periodSeconds: 5 },
        livenessProbe: {
          exec: { command: ['cat', '/tmp/missing'] },
          periodSeconds: 10,
          failureThreshold: 3,
          terminationGracePeriodSeconds: 1,
        },
      },
    ],
  });
  await node.pass(5 * seconds);
  equal(await node.summary('visited'), 'Running, ready');
  await node.pass(30 * seconds);
  const told = await node.events('visited');
  equal(told.filter((text) => text.startsWith('Unhealthy: Liveness probe failed: cat:')).length, 1);
  equal(told.filter((text) => text === 'Killing: Container main failed liveness probe, will be restarted').length, 1);
});

onNode('a readiness probe of a program that answers waits for its delay; a refused one never holds', async (node) => {
  await node.start('server', {
    containers: [{ name: 'main', image: 'nginx', readinessProbe: { httpGet: { port: 80 }, initialDelaySeconds: 15 } }],
  });
  await node.script('silent', 'sleep 600', { readinessProbe: { httpGet: { port: 80, path: '/up' } } });
  await node.pass(14 * seconds);
  equal(await node.summary('server'), 'Running, running');
  await node.pass(1 * seconds);
  equal(await node.summary('server'), 'Running, ready');
  equal(await node.summary('silent'), 'Running, running');
  const refused = (await node.events('silent')).find((text) => text.startsWith('Unhealthy'))!;
  match(refused, /^Unhealthy: Readiness probe failed: Get "http:\/\/10\.244\.1\.\d+:80\/up": dial tcp .* connection refused$/);
});

onNode('a deleted pod stays until its program has ended, or its grace period has', async (node) => {
  await node.start('server', { containers: [{ name: 'main', image: 'nginx' }] });
  await node.script('deaf', 'sleep 600');
  await node.script('tidy', "trap 'sleep 2; exit 0' TERM; while true; do sleep 1; done");
  await node.start('hooked', { containers: [{ name: 'main', image: 'nginx', lifecycle: { preStop: { sleep: { seconds: 4 } } } }] });
  const left = async () => {
    const present = [];
    for (const name of ['server', 'deaf', 'tidy', 'hooked']) if (await node.exists(name)) present.push(name);
    return present;
  };
  for (const name of ['server', 'deaf', 'tidy', 'hooked']) await node.delete(name);
  deepEqual(await left(), ['deaf', 'tidy', 'hooked']);
  await node.pass(3 * seconds);
  deepEqual(await left(), ['deaf', 'hooked']);
  await node.pass(2 * seconds);
  deepEqual(await left(), ['deaf']);
  equal(await node.summary('deaf'), 'Running, ready');
  await node.pass(26 * seconds);
  deepEqual(await left(), []);
});

onNode('a container whose image changes is restarted, whatever its policy', async (node) => {
  await node.start('change', { restartPolicy: 'Never', containers: [{ name: 'main', image: 'nginx:1' }] });
  await node.patch('change', { spec: { containers: [{ name: 'main', image: 'nginx:2' }] } });
  equal(await node.summary('change'), 'Running, ready (1)');
  const { image, lastState } = await node.main('change');
  equal(image, 'nginx:2');
  equal(lastState!.terminated!.exitCode, 143);
  equal((await node.get('change')).status!.observedGeneration, 2);
  equal((await node.events('change')).includes('Killing: Container main definition changed, will be restarted'), true);
});

onNode('a node turns away a pod whose port another has', async (node) => {
  const spec = { nodeName: 'n1', containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: 80, hostPort: 8080 }] }] };
  await node.start('first', spec);
  await node.start('second', spec);
  equal(await node.summary('first'), 'Running, ready');
  const { phase, reason, message } = (await node.get('second')).status!;
  deepEqual([phase, reason], ['Failed', 'NodePorts']);
  equal(message, "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports");
  await node.delete('first');
  await node.start('third', spec);
  equal(await node.summary('third'), 'Running, ready');
});

onNode('a pod that was active for too long fails as a whole', async (node) => {
  await node.script('late', 'sleep 600', {}, { activeDeadlineSeconds: 20, terminationGracePeriodSeconds: 5, restartPolicy: 'Never' });
  await node.pass(21 * seconds);
  equal(await node.summary('late'), 'Running, ready');
  await node.pass(5 * seconds);
  const { phase, reason } = (await node.get('late')).status!;
  deepEqual([phase, reason], ['Failed', 'DeadlineExceeded']);
  equal((await node.main('late')).state!.terminated!.exitCode, 137);
});

onNode('pods of Jobs end: by their command, or at once where no emulator knows it; servers stay up', async (node) => {
  const owner = { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'u', controller: true }] };
  const job = (name: string, container: object) =>
    node.start(name, { restartPolicy: 'Never', containers: [{ name: 'main', ...container }] }, owner);
  await job('unknown', { image: 'perl', command: ['perl', '-e', '1'] });
  await job('slept', { image: 'busybox', command: ['sleep', '30'] });
  await job('half', { image: 'busybox', command: ['sh', '-c', 'sleep 10; nc -l 80'] });
  await job('pause', { image: 'registry.k8s.io/pause:3.10' });
  const all = async () => Promise.all(['unknown', 'slept', 'half', 'pause'].map((name) => node.summary(name)));
  deepEqual(await all(), ['Succeeded, ended 0', 'Running, ready', 'Running, ready', 'Running, ready']);
  await node.pass(11 * seconds);
  deepEqual(await all(), ['Succeeded, ended 0', 'Running, ready', 'Succeeded, ended 0', 'Running, ready']);
  await node.pass(20 * seconds);
  deepEqual(await all(), ['Succeeded, ended 0', 'Succeeded, ended 0', 'Succeeded, ended 0', 'Running, ready']);
});

onNode('sidecars begin before and end after the others', async (node) => {
  await node.start('sidecar', {
    restartPolicy: 'Never',
    initContainers: [{ name: 'proxy', image: 'envoy', restartPolicy: 'Always' }],
    containers: [{ name: 'main', image: 'busybox', command: ['sleep', '5'] }],
  });
  equal(await node.summary('sidecar'), 'Running, ready, ready');
  await node.pass(5 * seconds);
  equal((await node.get('sidecar')).status!.phase, 'Succeeded');
});

onNode('a rule of one container starts all of them anew, its init containers too', async (node) => {
  const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }];
  const job = 'test -f /work/done && sleep 3600; touch /work/done; sleep 5; exit 42';
  const volumeMounts = [{ name: 'work', mountPath: '/work' }];
  const command = (text: string) => ['sh', '-c', text];
  await node.start('group', {
    restartPolicy: 'Never',
    volumes: [{ name: 'work', emptyDir: {} }],
    initContainers: [{ name: 'first', image: 'busybox:1', command: command('echo ready') }],
    containers: [
      { name: 'job', image: 'busybox:1', command: command(job), volumeMounts, restartPolicy: 'Never', restartPolicyRules: rules },
      { name: 'helper', image: 'nginx' },
    ],
  });
  const told = async () =>
    (await node.get('group')).status!.conditions!.find(({ type }) => (type as string) === 'AllContainersRestarting')!.status;
  equal(await node.summary('group'), 'Running, ended 0, ready, ready');
  equal(await told(), 'False');
  await node.pass(5 * seconds);
  equal(await node.summary('group'), 'Running, ended 0, ended 42, ready');
  equal(await told(), 'True');
  await node.pass(1 * seconds);
  equal(await node.summary('group'), 'Running, ended 0 (1), ready (1), ready (1)');
  equal(await told(), 'False');
  const { lastState } = (await node.get('group')).status!.containerStatuses![1]!;
  equal(lastState!.terminated!.reason, 'RestartingAllContainers');
  equal(lastState!.terminated!.exitCode, 137);
  equal((await node.events('group')).filter((text) => text === 'Killing: killing').length, 1);
  await node.pass(600 * seconds);
  equal(await node.summary('group'), 'Running, ended 0 (1), ready (1), ready (1)');
});

onNode('an image of a private registry waits for a pull secret that is for it', async (node) => {
  const spec = { containers: [{ name: 'main', image: 'private.example.com/shop:1' }], imagePullSecrets: [{ name: 'key' }] };
  await node.start('private', spec);
  equal(await node.summary('private'), 'Pending, ErrImagePull');
  match((await node.main('private')).state!.waiting!.message!, /authorization failed: no basic auth credentials$/);
  const missing = 'Unable to retrieve some image pull secrets (key); attempting to pull the image may not succeed.';
  equal((await node.events('private')).includes(`FailedToRetrieveImagePullSecret: ${missing}`), true);
  const keep = (name: string, registry: string) => {
    const config = JSON.stringify({ auths: { [registry]: { auth: 'YTpi' } } });
    const data = { '.dockerconfigjson': Buffer.from(config).toString('base64') };
    const type = 'kubernetes.io/dockerconfigjson';
    return node.api(secrets).create(namespace, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, type, data } as never);
  };
  await keep('key', 'https://registry.example.com/v2/');
  await node.pass(15 * seconds);
  equal(await node.summary('private'), 'Pending, ImagePullBackOff');
  await node.delete('private');
  await keep('right', '*.example.com');
  await node.start('private', { ...spec, imagePullSecrets: [{ name: 'key' }, { name: 'right' }] });
  equal(await node.summary('private'), 'Running, ready');
});
