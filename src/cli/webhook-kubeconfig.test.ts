import { deepStrictEqual as deepEqual, equal, rejects } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFolder } from '../machinery/testing/folder.ts';
import { readCredentials, readWebhookKubeconfig } from './webhook-kubeconfig.ts';

test("a webhook's kubeconfig has its credentials inline or in files beside it", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'webhook.yaml');
    const config = (cluster: object, user: object) =>
      JSON.stringify({
        clusters: [{ name: 'c', cluster }],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      });
    const ca = '-----BEGIN CERTIFICATE-----';
    await writeFile(join(folder, 'ca.pem'), ca);
    await writeFile(join(folder, 'token'), 'secret\n');
    const server = 'https://hooks.example/audit';
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const cases: [cluster: object, user: object, endpoint: object][] = [
      [{ server: `${server}?x=1#y` }, {}, { server, insecure: false }],
      [
        { server, 'certificate-authority': 'ca.pem' },
        { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') },
        { server, insecure: false, authority: ca, certificate: 'cert', key: 'key' },
      ],
      [{ server, 'insecure-skip-tls-verify': true }, { tokenFile: 'token' }, { server, insecure: true, authorization: 'Bearer secret' }],
      [{ server }, { username: 'u', password: 'p' }, { server, insecure: false, authorization: `Basic ${base64('u:p')}` }],
    ];
    for (const [cluster, user, endpoint] of cases) {
      await writeFile(file, config(cluster, user));
      deepEqual(await readWebhookKubeconfig(file), endpoint);
    }
    await writeFile(file, config({ server: 'hooks.example' }, { token: 'secret' }));
    deepEqual(await readWebhookKubeconfig(file), { server: 'http://hooks.example' });
    const none = 'no configuration has been provided, try setting KUBERNETES_MASTER environment variable';
    const unread = (what: string, path: string) => {
      const whole = join(folder, path);
      return `unable to read ${what} ${whole} for ${path === 'none.ca' ? 'c' : 'u'} due to open ${whole}: no such file or directory`;
    };
    const certificate = { 'client-certificate': 'none.pem' };
    const wrong: [text: string, message: string][] = [
      ['', `invalid configuration: ${none}`],
      ['clusters: [{name: c, cluster: {server: "https://a"}}]', `invalid configuration: ${none}`],
      ['current-context: b', 'invalid configuration: [context was not found for specified context: b, cluster has no server defined]'],
      [
        'apiVersion: v1\nkind: Pod',
        `error loading config file "${file}": no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"`,
      ],
      ['a: [', `error loading config file "${file}": yaml: line 1: did not find expected node content`],
      [config({}, {}), 'invalid configuration: no server found for cluster "c"'],
      [config({ server, 'certificate-authority': 'none.ca' }, {}), `invalid configuration: ${unread('certificate-authority', 'none.ca')}`],
      [
        config({ server }, certificate),
        `invalid configuration: [client-key-data or client-key must be specified for u to use the clientCert authentication method., ${unread('client-cert', 'none.pem')}]`,
      ],
      [
        config({ server }, { token: 't', username: 'n' }),
        'invalid configuration: more than one authentication method found for u; found [token basicAuth], only one is allowed',
      ],
      [
        config({ server, 'certificate-authority-data': '*' }, {}),
        `error loading config file "${file}": illegal base64 data at input byte 0`,
      ],
      [
        config({ server, 'certificate-authority-data': base64('x') }, {}),
        'unable to load root certificates: unable to parse bytes as PEM block',
      ],
      [
        config({ server, 'certificate-authority-data': base64('x'), 'insecure-skip-tls-verify': true }, {}),
        'specifying a root certificates file with the insecure flag is not allowed',
      ],
    ];
    for (const [text, message] of wrong) {
      await writeFile(file, text);
      await rejects(readWebhookKubeconfig(file), { message });
    }
  });
});

test('credentials of admission webhooks are named after those whom they are for', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'users');
    const user = (name: string) => ({ name, user: { token: name } });
    const users = ['127.0.0.1:8443', '*.svc', 'hook.shop.svc', '*.example.com:8443'].map(user);
    const credentials = async (more: object = {}) => {
      await writeFile(file, JSON.stringify({ users, ...more }));
      const find = await readCredentials(file);
      return (host: string) => find(host)?.authorization;
    };
    const find = await credentials();
    equal(find('127.0.0.1:8443'), 'Bearer 127.0.0.1:8443');
    equal(find('127.0.0.1:443'), undefined);
    equal(find('hook.shop.svc:443'), 'Bearer hook.shop.svc');
    equal(find('other.shop.svc:443'), 'Bearer *.svc');
    equal(find('other.shop.svc:444'), undefined);
    equal(find('a.b.example.com:8443'), 'Bearer *.example.com:8443');
    const chosen = { contexts: [{ name: 'c', context: { user: 'me' } }], 'current-context': 'c' };
    const basic = { name: 'me', user: { username: 'joe', password: 'secret' } };
    equal((await credentials({ users: [basic], ...chosen }))('any:1'), `Basic ${btoa('joe:secret')}`);
    equal((await credentials({ users: [basic, user('*')], ...chosen }))('any:1'), 'Bearer *');
    await writeFile(file, '[]');
    await rejects(readCredentials(file), /^Error: error loading config file ".*": couldn't get version\/kind; json parse error: /);
    await rejects(readCredentials(join(folder, 'none')), { message: `stat ${join(folder, 'none')}: no such file or directory` });
  }));
