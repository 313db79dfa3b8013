import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { startCluster } from '../harness/cluster.ts';
import { bundledTool } from '../harness/tools.ts';

/** Servers in pods, as kubectl's port-forward and the API server's proxies reach them. */
const kubectl = await bundledTool('kubectl');
const objects = `
apiVersion: v1
kind: ConfigMap
metadata: {name: pages}
data:
  index.html: '<html><body><a href="/x">größer</a><img src="/i.png"><a href="http://other/x">o</a><script>var a = "<a href=/b>";</script></body></html>'
  plain.txt: "just text"
---
apiVersion: v1
kind: Pod
metadata: {name: site, labels: {app: site}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: nginx
    image: nginx:1.29
    ports: [{containerPort: 80, name: web}]
    volumeMounts: [{name: pages, mountPath: /usr/share/nginx/html}]
  - {name: echo, image: hashicorp/http-echo, args: ["-text=hello", "-listen=:5678"]}
  - {name: agnhost, image: registry.k8s.io/e2e-test-images/agnhost:2.53, args: [netexec, --http-port=8080]}
  - {name: sleeper, image: httpd, command: [sleep, "3600"]}
  volumes:
  - {name: pages, configMap: {name: pages}}
---
apiVersion: v1
kind: Pod
metadata: {name: plain, labels: {app: plain}}
spec:
  containers: [{name: httpd, image: httpd}]
---
apiVersion: v1
kind: Service
metadata: {name: site}
spec:
  selector: {app: site}
  ports: [{name: http, port: 8000, targetPort: web}, {name: echo, port: 81, targetPort: 5678}]
`;

test('servers in pods', { timeout: 240_000 }, async (t) => {
  await using cluster = await startCluster();
  const run = async (...args: string[]): Promise<string> => {
    const child = spawn(kubectl, args, { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
    if (args.includes('-')) child.stdin.end(objects);
    await once(child, 'close');
    return output;
  };
  const raw = (path: string) => run('get', '--raw', `/api/v1/namespaces/default/${path}`);
  await run('apply', '-f', '-');
  await run('wait', '--for=condition=Ready', 'pod/site', 'pod/plain', '--timeout=120s');

  await t.test('through the proxies of pods and Services', async () => {
    equal(await raw('pods/site:5678/proxy/'), 'hello\n');
    equal(await raw('services/site:81/proxy/any'), 'hello\n');
    equal(await raw('services/http:site:http/proxy/plain.txt?x=1'), 'just text');
    match(await raw('pods/plain/proxy/'), /It works!/);
    equal(await raw('pods/site:8080/proxy/hostname'), 'site');
    equal(await raw('pods/site:8080/proxy/echo?msg=a+b'), 'a b');
    const prefix = '/api/v1/namespaces/default/pods/site/proxy';
    const page = `<a href="${prefix}/x">größer</a><img src="${prefix}/i.png"><a href="http://other/x">o</a><script>var a = "<a href=/b>";</script>`;
    equal(await raw('pods/site:80/proxy/'), `<html><body>${page.replaceAll('pods/site/', 'pods/site:80/')}</body></html>`);
    equal(await raw('pods/site/proxy/'), `<html><body>${page}</body></html>`);
    match(await raw('pods/site/proxy/none'), /^Error from server \(NotFound\)/);
    match(await raw('pods/site:99/proxy/'), /error trying to reach service: dial tcp [\d.]+:99: connect: connection refused/);
    match(await raw('pods/site:70000/proxy/'), /error trying to reach service: dial tcp: address 70000: invalid port/);
    match(await raw('pods/https:site:80/proxy/'), /error trying to reach service: tls: first record does not look like a TLS handshake/);
    match(await run('logs', 'site', '-c', 'nginx'), /"GET \/plain\.txt\?x=1 HTTP\/1\.1" 200 9 "-" "kubectl/);
  });

  await t.test('through the channels of a WebSocket, which ends with the last connection', async () => {
    const proxy = spawn(kubectl, ['proxy', '--port=0'], { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
    try {
      const at = /127\.0\.0\.1:\d+/.exec(String((await once(proxy.stdout, 'data'))[0]))![0];
      const socket = new WebSocket(`ws://${at}/api/v1/namespaces/default/pods/site/portforward?ports=80,99`, 'v4.channel.k8s.io');
      const said = ['', '', '', ''];
      socket.on('message', (message: Buffer) => {
        said[message[0]!] += message.toString('latin1', 1);
      });
      socket.once('open', () => socket.send('\0GET /plain.txt HTTP/1.0\r\n\r\n'));
      const [code] = await once(socket, 'close');
      const [page, none, nothing, error] = said;
      equal(code, 1000);
      match(page!, /^P\0HTTP\/1\.1 200 OK\r\n.*\r\n\r\njust text$/s);
      deepEqual([none, nothing], ['P\0', 'c\0']);
      match(error!, /^c\0error forwarding port 99 to pod .*connection refused$/);
    } finally {
      proxy.kill('SIGINT');
    }
  });

  await t.test('through a forwarded port, until the container ends', async () => {
    const child = spawn(kubectl, ['port-forward', 'pod/site', ':80', ':8080'], { env: { ...process.env, KUBECONFIG: cluster.kubeconfig } });
    const ended = once(child, 'exit');
    try {
      let said = '';
      while ((said.match(/127\.0\.0\.1:\d+/g) ?? []).length < 2) said += String((await once(child.stdout, 'data'))[0]);
      const [site, agnhost] = [...said.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => `http://127.0.0.1:${port}`);
      const page = await fetch(`${site}/plain.txt`);
      deepEqual([page.status, page.headers.get('content-type'), await page.text()], [200, 'text/plain', 'just text']);
      equal((await fetch(`${site}/none`)).status, 404);
      equal((await fetch(site!, { method: 'POST', body: 'x' })).status, 405);
      const moved = await fetch(`${agnhost}/redirect?code=307&location=/hostname`);
      deepEqual([moved.url, await moved.text()], [`${agnhost}/hostname`, 'site']);
      equal(await (await fetch(`${agnhost}/upload`, { method: 'POST', body: 'y'.repeat(100_000) })).text(), '100000');
    } finally {
      child.kill('SIGINT');
      await ended;
    }
    await run('delete', 'pod', 'site');
    match(await raw('services/site:81/proxy/'), /no endpoints available for service "site:81"|no endpoints available for service "site"/);
  });
});
