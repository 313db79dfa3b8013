// A client written with @kubernetes/client-node against the cluster of $KUBECONFIG. It ends with the first surprise and exit code 1.
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import * as k8s from '@kubernetes/client-node';

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);
const { metadata } = await core.createNamespace({ body: { metadata: { generateName: 'client-node-' } } });
const namespace = metadata.name;
const configMap = (name, data) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { 'made-by': 'client-node' } },
  data,
});
const withType = (type) => k8s.setHeaderOptions('Content-Type', type);
const code = (wanted) => (error) => error instanceof k8s.ApiException && error.code === wanted;

const checks = {
  async 'create, get, replace, delete'() {
    const made = await core.createNamespacedConfigMap({ namespace, body: configMap('crud', { a: '1' }) });
    assert.ok(made.metadata.uid && made.metadata.resourceVersion && made.metadata.creationTimestamp instanceof Date);
    const replaced = await core.replaceNamespacedConfigMap({ name: 'crud', namespace, body: { ...made, data: { a: '2' } } });
    assert.deepEqual((await core.readNamespacedConfigMap({ name: 'crud', namespace })).data, { a: '2' });
    assert.notEqual(replaced.metadata.resourceVersion, made.metadata.resourceVersion);
    await assert.rejects(core.replaceNamespacedConfigMap({ name: 'crud', namespace, body: made }), code(409));
    await assert.rejects(core.createNamespacedConfigMap({ namespace, body: configMap('crud') }), code(409));
    assert.equal((await core.deleteNamespacedConfigMap({ name: 'crud', namespace })).status, 'Success');
    await assert.rejects(core.readNamespacedConfigMap({ name: 'crud', namespace }), code(404));
  },
  async 'patches and apply'() {
    await core.createNamespacedConfigMap({ namespace, body: configMap('patched', { a: '1', b: '1' }) });
    const patch = (body, type) => core.patchNamespacedConfigMap({ name: 'patched', namespace, body, fieldManager: 'me' }, withType(type));
    assert.deepEqual((await patch([{ op: 'remove', path: '/data/a' }], k8s.PatchStrategy.JsonPatch)).data, { b: '1' });
    assert.deepEqual((await patch({ data: { c: '1', b: null } }, k8s.PatchStrategy.MergePatch)).data, { c: '1' });
    assert.deepEqual((await patch({ data: { d: '1' } }, k8s.PatchStrategy.StrategicMergePatch)).data, { c: '1', d: '1' });
    const apply = (manager, data, force) =>
      objects.patch(configMap('applied', data), undefined, undefined, manager, force, k8s.PatchStrategy.ServerSideApply);
    await apply('one', { a: '1' });
    await assert.rejects(apply('two', { a: '2' }), code(409));
    assert.deepEqual((await apply('two', { a: '2' }, true)).data, { a: '2' });
  },
  async 'lists in pages'() {
    for (let i = 0; i < 7; i++) await core.createNamespacedSecret({ namespace, body: { metadata: { name: `page-${i}` } } });
    const names = [];
    let token;
    do {
      const page = await core.listNamespacedSecret({ namespace, limit: 3, ...(token ? { _continue: token } : {}) });
      names.push(...page.items.map((item) => item.metadata.name));
      token = page.metadata._continue;
    } while (token);
    assert.deepEqual(
      names,
      Array.from({ length: 7 }, (_, i) => `page-${i}`),
    );
  },
  async 'an informer that is restarted'() {
    const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () =>
      core.listNamespacedConfigMap({ namespace }),
    );
    const seen = [];
    informer.on('add', ({ metadata: { name } }) => seen.push(`add ${name}`));
    informer.on('update', ({ metadata: { name } }) => seen.push(`update ${name}`));
    informer.on('delete', ({ metadata: { name } }) => seen.push(`delete ${name}`));
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: configMap('informed') });
    await until(() => seen.includes('add informed'));
    await informer.stop();
    await core.patchNamespacedConfigMap(
      { name: 'informed', namespace, body: { data: { a: 'b' } } },
      withType(k8s.PatchStrategy.MergePatch),
    );
    await informer.start();
    await until(() => seen.includes('update informed'));
    await core.deleteNamespacedConfigMap({ name: 'informed', namespace });
    await until(() => seen.includes('delete informed'));
    await informer.stop();
  },
  async 'a watch with a selector'() {
    const events = [];
    const watch = new k8s.Watch(config);
    const request = await watch.watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      { labelSelector: 'seen=yes' },
      (type, { metadata: { name } }) => events.push(`${type} ${name}`),
      () => {},
    );
    const object = configMap('watched');
    object.metadata.labels.seen = 'yes';
    await core.createNamespacedConfigMap({ namespace, body: object });
    await core.patchNamespacedConfigMap(
      { name: 'watched', namespace, body: { metadata: { labels: { seen: null } } } },
      withType(k8s.PatchStrategy.MergePatch),
    );
    await until(() => events.length === 2);
    request.abort();
    assert.deepEqual(events, ['ADDED watched', 'DELETED watched']);
  },
  async 'a workload becomes ready'() {
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
    await apps.createNamespacedDeployment({
      namespace,
      body: { metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: labels }, template } },
    });
    await until(async () => (await apps.readNamespacedDeployment({ name: 'web', namespace })).status.readyReplicas === 2);
    const scaled = await apps.patchNamespacedDeploymentScale(
      { name: 'web', namespace, body: { spec: { replicas: 3 } } },
      withType(k8s.PatchStrategy.MergePatch),
    );
    assert.equal(scaled.spec.replicas, 3);
  },
};

/** Asks again until it is so: what the cluster does by itself takes its time. */
async function until(condition) {
  for (let tries = 0; tries < 300; tries++) {
    if (await condition()) return;
    await setTimeout(100);
  }
  throw new Error('it did not happen within 30 s');
}

try {
  for (const [name, check] of Object.entries(checks)) {
    await check();
    console.log('ok', name);
  }
} finally {
  await core.deleteNamespace({ name: namespace });
}
