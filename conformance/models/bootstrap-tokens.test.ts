import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { compactVerify } from 'jose';
import { configMap as configMaps } from '../../api/core/v1/configmap.ts';
import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { secret as secrets } from '../../api/core/v1/secret.ts';
import { startBootstrapSigner } from '../../src/controllers/bootstrap/signer.ts';
import { startTokenCleaner } from '../../src/controllers/bootstrap/token-cleaner.ts';
import { chosenControllers } from '../../src/controllers/index.ts';
import { formatTime } from '../../src/machinery/clock.ts';
import { sharedParts, World } from './world.ts';

const minute = 60_000;

test('bootstrap tokens sign the cluster-info while they are valid, and are deleted then', { timeout: 60_000 }, async () => {
  const controllers = [startBootstrapSigner, startTokenCleaner];
  await using world = await World.open({ seed: 1, parts: sharedParts(), controllers, definitions: [], check: () => undefined });
  const token = (id: string, more: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: { 'token-id': id, 'token-secret': 'abcdefghijklmnop', ...more },
  });
  for (const name of ['kube-system', 'kube-public']) {
    await world
      .api(namespaces)
      .create('', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      .catch(() => undefined);
  }
  const expiration = formatTime(world.clock.now() + 10 * minute);
  await world.api(secrets).create('kube-system', token('signs1', { 'usage-bootstrap-signing': 'true', expiration }));
  await world.api(secrets).create('kube-system', token('enters', { 'usage-bootstrap-authentication': 'true' }));
  const kubeconfig = 'the cluster';
  const info = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cluster-info' },
    data: { kubeconfig, 'jws-kubeconfig-gone00': 'x..y' },
  };
  await world.api(configMaps).create('kube-public', info);
  await world.advance(minute);
  const signed = (await world.api(configMaps).get('kube-public', 'cluster-info'))['data'];
  deepEqual(Object.keys(signed).sort(), ['jws-kubeconfig-signs1', 'kubeconfig']);
  const whole = signed['jws-kubeconfig-signs1'].replace('..', `.${Buffer.from(kubeconfig).toString('base64url')}.`);
  const { payload, protectedHeader } = await compactVerify(whole, Buffer.from('abcdefghijklmnop'));
  deepEqual([Buffer.from(payload).toString(), protectedHeader], [kubeconfig, { alg: 'HS256', kid: 'signs1' }]);
  await world.advance(10 * minute);
  deepEqual((await world.api(configMaps).get('kube-public', 'cluster-info'))['data'], { kubeconfig });
  const left = (await world.api(secrets).list('kube-system')).items.map(({ metadata }) => metadata!.name);
  deepEqual(left, ['bootstrap-token-enters']);
});

test('controllers are chosen by name, the first mention counts', () => {
  const all = chosenControllers(['*']);
  equal(chosenControllers(['*', 'bootstrapsigner', '-token-cleaner-controller', 'tokencleaner']).length, all.length + 1);
  equal(chosenControllers(['-job-controller', '*']).length, all.length - 1);
  deepEqual(chosenControllers(['token-cleaner-controller']), [startTokenCleaner]);
  throws(() => chosenControllers(['*', '-dance']), /^Error: "dance" is not in the list of known controllers$/);
});
