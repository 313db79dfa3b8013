import { deepStrictEqual, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { pod } from '../../../api/core/v1/pod.ts';
import { systemClock } from '../../machinery/clock.ts';
import { silentLogger } from '../../machinery/logger.ts';
import type { AdmissionAttributes } from '../plugin.ts';
import { imagePolicyOptions } from './configuration.ts';
import { ImagePolicyWebhookPlugin } from './image-policy-webhook.ts';

const endpoint = { server: 'http://127.0.0.1:1/' };

test('durations have units and limits of their own', async () => {
  const options = (imagePolicy?: object) => imagePolicyOptions(imagePolicy && { imagePolicy }, async () => endpoint);
  const kubeConfigFile = '/f';
  deepStrictEqual(await options({ kubeConfigFile }), {
    ...{ retryBackoff: 500, allowTtl: 300_000, denyTtl: 30_000 },
    ...{ defaultAllow: false, endpoint },
  });
  deepStrictEqual(await options({ kubeConfigFile, allowTTL: -1, denyTTL: 2, retryBackoff: 3, defaultAllow: true }), {
    ...{ retryBackoff: 3, allowTtl: 0, denyTtl: 2000 },
    ...{ defaultAllow: true, endpoint },
  });
  const wrong = (imagePolicy: object | undefined, message: string) => rejects(options(imagePolicy), { message });
  await wrong(undefined, 'no config specified');
  await wrong({}, 'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable');
  await wrong({ kubeConfigFile, allowTTL: 9999 }, 'valid value is between 1s and 30m0s, got 2h46m39s');
  await wrong({ kubeConfigFile, denyTTL: -2 }, 'valid value is between 1s and 30m0s, got -2s');
  await wrong({ kubeConfigFile, retryBackoff: 9_999_999 }, 'valid value is between 1ns and 5m0s, got 2h46m39.999s');
});

test('the webhook is told the images, and its no is the answer', async () => {
  const told: any[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { spec } = JSON.parse(text);
    told.push(spec);
    const image: string = spec.containers[0].image;
    if (image === 'broken') response.writeHead(404);
    const status = { allowed: image === 'good', reason: image === 'bad' ? 'no way' : '', auditAnnotations: { seen: 'yes' } };
    response.end(JSON.stringify({ status }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const limits = { allowTtl: 60_000, denyTtl: 0, retryBackoff: 1 };
  const notes: [string, string][] = [];
  const attributes = (image: string, more: Partial<AdmissionAttributes> = {}) => {
    const annotations = { 'my.image-policy.k8s.io/b': '1', 'image-policy.k8s.io/no': '2', 'a.image-policy.k8s.io/x': '3' };
    const object = { metadata: { name: 'p', annotations }, spec: { containers: [{ image }], initContainers: [{ image: 'init' }] } };
    const annotate = (key: string, value: string) => notes.push([key, value]);
    const request = { definition: pod, operation: 'CREATE', subresource: '', namespace: 'n', name: 'p', object, annotate, ...more };
    return request as unknown as AdmissionAttributes;
  };
  try {
    using strict = new ImagePolicyWebhookPlugin({ ...limits, endpoint: { server: url }, defaultAllow: false }, systemClock, silentLogger);
    await strict.validate(attributes('good'));
    await strict.validate(attributes('good'));
    deepStrictEqual(told, [
      {
        containers: [{ image: 'good' }, { image: 'init' }],
        annotations: { 'a.image-policy.k8s.io/x': '3', 'my.image-policy.k8s.io/b': '1' },
        namespace: 'n',
      },
    ]);
    deepStrictEqual(notes[0], ['imagepolicywebhook.image-policy.k8s.io/seen', 'yes']);
    const refused = (image: string, message: string) =>
      rejects(strict.validate(attributes(image)), { code: 403, message: `pods "p" is forbidden: ${message}` });
    await refused('bad', 'image policy webhook backend denied one or more images: no way');
    await refused('dull', 'one or more images rejected by webhook backend');
    await refused('broken', 'the server could not find the requested resource');
    deepStrictEqual(strict.concerns(attributes('good', { subresource: 'status' })), false);

    using open = new ImagePolicyWebhookPlugin({ ...limits, endpoint: { server: url }, defaultAllow: true }, systemClock, silentLogger);
    await open.validate(attributes('broken'));
    deepStrictEqual(notes.at(-1), ['imagepolicywebhook.image-policy.k8s.io/failed-open', 'true']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
