import { deepStrictEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../machinery/clock.ts';
import { createLogger } from '../../machinery/logger.ts';
import { seededRandom } from '../../machinery/random.ts';
import { type ProviderConfiguration, type ResourceConfiguration, readEncryptionConfiguration } from './configuration.ts';
import { Encryption, type KeyNames } from './encryption.ts';

const names: KeyNames = {
  resource: (key) => key.split('/')[3],
  public: (key) => key.replace('/registry/core/', '/registry/'),
};

/** Values as kube-apiserver v1.36.3 wrote them to etcd: the secret `w-<provider>` of namespace default. */
const written: Readonly<Record<string, string>> = {
  aescbc:
    'azhzOmVuYzphZXNjYmM6djE6a2V5MToNDtd8QSWG/VCmaPXPANkNJD/vzW5ASNzjcEcQiwtj7nlAqiXY8RdgFI3Jl6Kkboyt5d4vi/UoMaF2NX' +
    'pxLOgW4aYdc95Iek6cAHsQ1Ueg0SLa3bjvk2cGenIGji2Zb2TrNpzH1CQZPumfOHWuNIuFVVkVYDek7yLO4nYiEK6fYg+le0ZQzPWsfMfRbzS8' +
    'jeK+NA43cE/rHwQkQv8ahkPlZoZe8Emwv2ToVpMBs6V+ZtkHqHydbBSEVCYuMd2eCKyqjEVS315UEFRvsH8QgOMAtbc85x4FFaVTcbwU1abExA' +
    '==',
  aesgcm:
    'azhzOmVuYzphZXNnY206djE6a2V5MTrRK3I7O+HbDZcXzGvDNACLoBvcRuKc/IUqX55rWB/TH053GfxFB7EJGAPWC5lthH8+tcIgT173T6XJW/' +
    '/STaCgpKCsm4bX1OGsWW41Af+pojbRrsIAymKOhgl/b9jueZNSVQSPqnS89oDkpVBe0CyH29mrzHrhADC5b9mMh4Egwks5ZicdrVfHQrTNEdFK' +
    'NNtgC2tve359gEiEVO5u2wyVv8BMuD1Kg1gCv1wWgqtrz5Q4BuGo+OHmUvR2Qu3hSHiT7Ro1lOElQ7iuJnfdsjOjymyA4jLAWDiWwHQn822ShK' +
    'cwmhFHRZvtgb0=',
  secretbox:
    'azhzOmVuYzpzZWNyZXRib3g6djE6a2V5MTqvGJs+c7KI3onyxdt4/tg6jHRVVwE9qxHviLOYEzedcMyOO5N6pyggJZgDZAriVOwEYGOWIn+Ih5' +
    'yy9Afu2yjye3/r7+WrdUGO6+kfDbxSKmLQRDiC+O3/N3oDCUQ9TFaXhELMO980Y+Icy70P1m/3pchY1Z5vS16q5dCKDNdT3IW6v1R5/V8yHzZA' +
    'AnnsqbAVjoxHxskWS+Y+tDFqEAlm5WPiZ3oWVzYVLPvRsRABCUwZBZwfarB168zi/kXHvtYMnCDALjvCze67fkvMQcLHbmGcDp9NvneA6rWWqu' +
    'sXDSfTqBFua51+0AkeqLKK8I5YGilIFFzUR3Q=',
};

const key1 = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const key2 = Buffer.from('1123456789abcdef0123456789abcdef').toString('base64');

const keyed = (provider: string, ...keys: [name: string, secret: string][]): ProviderConfiguration => ({
  [provider]: { keys: keys.map(([name, secret]) => ({ name, secret })) },
});

async function encryption(...configuration: ResourceConfiguration[]): Promise<Encryption> {
  const made = new Encryption({ names, clock: systemClock, random: seededRandom(1), logger: createLogger('silent') });
  await made.use(configuration);
  return made;
}

const forSecrets = (...providers: ProviderConfiguration[]) => encryption({ resources: ['secrets'], providers });

test('what kube-apiserver has encrypted is read, and what is written is marked as its own is', async () => {
  for (const [provider, base64] of Object.entries(written)) {
    const codec = await forSecrets(keyed(provider, ['key1', key1]));
    const key = `/registry/core/secrets/default/w-${provider}`;
    const value = Buffer.from((await codec.decode(key, Buffer.from(base64, 'base64'))) as Uint8Array);
    ok(value.includes(`w-${provider}`) && value.subarray(0, 4).equals(Buffer.from('k8s\0')));
    const stored = Buffer.from(codec.encode(key, value));
    ok(stored.toString('latin1').startsWith(`k8s:enc:${provider}:v1:key1:`));
    deepStrictEqual(Buffer.from((await codec.decode(key, stored)) as Uint8Array), value);
    equal(codec.isStale(key, stored), false);
    equal(codec.isStale(key, value), true);
  }
});

test('what cannot be read says why in the words of kube-apiserver', async () => {
  const authentication = 'cipher: message authentication failed';
  const cases: [provider: string, keys: [string, string][], reason: string][] = [
    ['aescbc', [['key1', key2]], 'invalid padding on input'],
    ['aescbc', [['key2', key1]], 'no matching key was found for the provided AES transformer'],
    [
      'aescbc',
      [
        ['key2', key2],
        ['key1', key2],
      ],
      'invalid padding on input',
    ],
    ['aesgcm', [['key1', key2]], authentication],
    ['aesgcm', [['key2', key1]], 'no matching key was found for the provided AES transformer'],
    ['secretbox', [['key1', key2]], 'output array was not large enough for encryption'],
    ['secretbox', [['key2', key1]], 'no matching key was found for the provided Secretbox transformer'],
  ];
  for (const [provider, keys, reason] of cases) {
    const codec = await forSecrets(keyed(provider, ...keys), { identity: {} });
    const stored = Buffer.from(written[provider]!, 'base64');
    throws(() => codec.decode(`/registry/core/secrets/default/w-${provider}`, stored), new RegExp(`^Error: ${reason}$`));
  }
  const stored = Buffer.from(written['aesgcm']!, 'base64');
  const elsewhere = await forSecrets(keyed('aesgcm', ['key1', key1]));
  throws(() => elsewhere.decode('/registry/core/secrets/default/other', stored), new RegExp(authentication));
  const others = await encryption({ resources: ['configmaps'], providers: [keyed('aesgcm', ['key1', key1])] });
  throws(
    () => others.decode('/registry/core/secrets/default/w-aesgcm', stored),
    /^Error: identity transformer tried to read encrypted data$/,
  );
  const alone = await forSecrets(keyed('aescbc', ['key1', key1]), { identity: {} });
  throws(() => alone.decode('/registry/core/secrets/default/w-aesgcm', stored), /^Error: no matching prefix found$/);
});

test('of several keys and providers the first writes and all read', async () => {
  const key = '/registry/core/secrets/default/a';
  const old = (await forSecrets(keyed('aescbc', ['key1', key1]))).encode(key, Buffer.from('value'));
  const codec = await forSecrets(keyed('secretbox', ['new', key2]), keyed('aescbc', ['key2', key2], ['key1', key1]), { identity: {} });
  deepStrictEqual(Buffer.from((await codec.decode(key, old)) as Uint8Array).toString(), 'value');
  deepStrictEqual(Buffer.from((await codec.decode(key, Buffer.from('plain'))) as Uint8Array).toString(), 'plain');
  deepStrictEqual([codec.isStale(key, old), codec.isStale(key, Buffer.from('plain'))], [true, true]);
  const back = await forSecrets({ identity: {} }, keyed('aescbc', ['key1', key1]));
  deepStrictEqual(Buffer.from(back.encode(key, Buffer.from('value'))).toString(), 'value');
  deepStrictEqual([back.isStale(key, old), back.isStale(key, Buffer.from('plain'))], [true, false]);
});

test('rules that an earlier one hides are refused, and so is KMS v1', async () => {
  const identity = [{ identity: {} }];
  const hidden = encryption({ resources: ['*.apps'], providers: identity }, { resources: ['deployments.apps'], providers: identity });
  await rejects(hidden, /^Error: resource "deployments.apps" is masked by earlier rule "\*.apps"$/);
  await rejects(forSecrets({ kms: { name: 'old', endpoint: 'unix:///x' } }), /KMSv1 is deprecated/);
});

test('a wrong configuration is told in the words of kube-apiserver', () => {
  const problems = (content: object | string) => {
    const text =
      typeof content === 'string'
        ? content
        : JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'EncryptionConfiguration', ...content });
    try {
      readEncryptionConfiguration(text, 'f');
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  const decoding = 'error decoding encryption provider configuration file "f"';
  equal(problems('resources: []\n'), `${decoding}: Object 'Kind' is missing in 'resources: []\n'`);
  equal(problems({}), 'resources: Required value: at least one resources is required');
  equal(problems({ apiVersion: 'v1', kind: 'EncryptionConfig' }), 'resources: Required value: at least one resources is required');
  equal(problems(''), 'error while loading file: encryption provider configuration file "f" is empty');
  equal(
    problems({ foo: 1, resources: [{ resources: ['secrets'], providers: [{ identity: {}, xx: {} }] }] }),
    `${decoding}: strict decoding error: unknown field "foo", unknown field "resources[0].providers[0].xx"`,
  );
  equal(
    problems({ resources: [{ resources: ['secrets'] }] }),
    'resources[0].providers: Required value: at least one resources[0].providers is required',
  );
  const nulls = '"AESGCM":null,"AESCBC":null,"Secretbox":null,"Identity":null,"KMS":null';
  const at = (i: number) => `resources[0].providers[${i}]`;
  const length = (expected: string) =>
    `Invalid value: "REDACTED": secret is not of the expected length, got 3, expected one of [${expected}]`;
  const providers = [
    { aescbc: { keys: [] }, identity: {} },
    {},
    keyed('aescbc', ['', ''], ['a', '!!'], ['a', 'YWJj'], ['a:b', key1]),
    keyed('aesgcm', ['a', 'YWJj']),
    keyed('secretbox', ['a', 'YWJj']),
    { kms: { name: '', endpoint: '' } },
    { kms: { apiVersion: 'v3', name: 'a:b', endpoint: 'tcp://x', timeout: '-1s', cachesize: 0 } },
    { kms: { apiVersion: 'v2', name: 'a', endpoint: 'unix:///tmp/x', cachesize: 5 } },
    { kms: { apiVersion: 'v2', name: 'a', endpoint: 'unix:///tmp/x' } },
    { kms: { apiVersion: 'v2', name: 'c', endpoint: ':' } },
  ];
  deepStrictEqual(
    problems({ resources: [{ resources: [], providers }] })
      ?.slice(1, -1)
      .split(', resources'),
    [
      'resources[0].resources: Required value: at least one resources[0].resources is required',
      `${at(0)}: Invalid value: {"AESGCM":null,"AESCBC":{"Keys":[]},"Secretbox":null,"Identity":{},"KMS":null}: more than one provider specified in a single element, should split into different list elements`,
      `${at(0)}.aescbc.keys: Required value: at least one keys is required`,
      `${at(1)}: Invalid value: {${nulls}}: provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, Identity`,
      `${at(2)}.aescbc.keys[0].name: Required value: name is a mandatory field for a key`,
      `${at(2)}.aescbc.keys[0].secret: Required value: secret is a mandatory field for a key`,
      `${at(2)}.aescbc.keys[1].secret: Invalid value: "REDACTED": secrets must be base64 encoded`,
      `${at(2)}.aescbc.keys[2].secret: ${length('16 24 32')}`,
      `${at(3)}.aesgcm.keys[0].secret: ${length('16 24 32')}`,
      `${at(4)}.secretbox.keys[0].secret: ${length('32')}`,
      `${at(5)}.kms.name: Required value: name is a mandatory field for a provider`,
      `${at(5)}.kms.endpoint: Invalid value: "": endpoint is a mandatory field for a kms`,
      `${at(6)}.kms.name: Invalid value: "a:b": invalid KMS provider name a:b, must not contain ':'`,
      `${at(6)}.kms.timeout: Invalid value: "-1s": timeout should be a positive value`,
      `${at(6)}.kms.endpoint: Invalid value: "tcp://x": unsupported scheme "tcp" for KMS provider, only unix is supported`,
      `${at(6)}.kms.cachesize: Invalid value: 0: cachesize is not supported in v2`,
      `${at(6)}.kms.apiVersion: Invalid value: "v3": unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported`,
      `${at(7)}.kms.cachesize: Invalid value: 5: cachesize is not supported in v2`,
      `${at(8)}.kms.name: Invalid value: "a": duplicate KMS provider name a, names must be unique`,
      `${at(9)}.kms.endpoint: Invalid value: ":": invalid endpoint for kms provider, error: parse ":": missing protocol scheme`,
    ].map((text, i) => (i === 0 ? text : text.replace(/^resources/, ''))),
  );
  const resources = ['secrets', 'secrets', '*', 'Secrets', 'networkpolicies.extensions', 'events.events.k8s.io', '*.'];
  const printed = JSON.stringify(resources);
  deepStrictEqual(
    problems({ resources: [{ resources, providers: [{ identity: {} }] }] })
      ?.slice(1, -1)
      .split(', resources[0].'),
    [
      `resources[0].resources: Invalid value: ${printed}: the same resource cannot be specified multiple times`,
      `resources: Invalid value: ${printed}: using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked`,
      `resources[2]: Invalid value: "*": use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources`,
      `resources[3]: Invalid value: "Secrets": resource name should not contain capital letters`,
      `resources[4]: Invalid value: "networkpolicies.extensions": 'extensions' group has been removed and cannot be used for encryption`,
      `resources[5]: Invalid value: "events.events.k8s.io": '*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file`,
    ],
  );
});
