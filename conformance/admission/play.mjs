// Sends the requests that admission plugins judge, and returns what came back, without what differs from run to run.
import https from 'node:https';

/** Plugins besides the default ones. */
export const enabled = [
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'LimitPodHardAntiAffinityTopology',
  'NamespaceExists',
  'OwnerReferencesPermissionEnforcement',
  'PodNodeSelector',
  'PodTolerationRestriction',
];

const container = (more = {}) => ({ name: 'c', image: 'nginx', ...more });
const pod = (name, spec = {}, metadata = {}) => ({
  metadata: { name, ...metadata },
  spec: { automountServiceAccountToken: false, containers: [container()], ...spec },
});
const antiAffinity = (topologyKey) => ({
  affinity: {
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: { matchLabels: { a: 'b' } } }] },
  },
});
const event = (i, namespace = 'ap-events') => ({
  metadata: { name: `e${i}`, namespace },
  involvedObject: { kind: 'Pod', namespace, name: 'x' },
  reason: 'R',
  source: { component: 'test' },
});
const tolerations = 'scheduler.alpha.kubernetes.io/defaultTolerations';
const whitelist = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist';

/** Plays all requests. @param {string} server @param {string} token of an administrator @param {string} alice a token of a user who may do what is granted here */
export async function play(server, token, alice) {
  const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 1 });
  const send = (method, path, body, as = token, headers = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const request = https.request(
        new URL(path, server),
        { method, agent, headers: { authorization: `Bearer ${as}`, 'content-type': type, ...headers } },
        (response) => {
          let whole = '';
          response.on('data', (chunk) => (whole += chunk));
          response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(whole), warnings: response.headers.warning }));
        },
      );
      request.on('error', reject);
      request.end(text);
    });
  const answers = {};
  const note = async (name, answer, pick) => {
    const { status, body, warnings } = await answer;
    answers[name] = {
      status,
      ...(status >= 400 ? { message: body.message, reason: body.reason, details: body.details } : pick ? { picked: pick(body) } : {}),
      ...(warnings ? { warnings } : {}),
    };
  };
  const core = (namespace, resource) => `/api/v1/namespaces/${namespace}/${resource}`;
  const namespaces = {
    'ap-plain': {},
    'ap-nodes': {},
    'ap-own': { 'scheduler.alpha.kubernetes.io/node-selector': 'zone=two' },
    'ap-bad-selector': { 'scheduler.alpha.kubernetes.io/node-selector': 'zone=two=three' },
    'ap-tolerations': {
      [tolerations]: JSON.stringify([{ key: 'own', operator: 'Exists' }]),
      [whitelist]: JSON.stringify([
        { key: 'own', operator: 'Exists' },
        { key: 'ok', operator: 'Equal', value: 'v', effect: 'NoSchedule' },
        { operator: 'Exists', effect: 'NoExecute' },
      ]),
    },
    'ap-bad-tolerations': { [tolerations]: 'junk' },
    'ap-events': {},
    'exempt-space': {},
  };
  for (const [name, annotations] of Object.entries(namespaces))
    await send('POST', '/api/v1/namespaces', { metadata: { name, annotations } });
  for (const namespace of Object.keys(namespaces))
    await send('POST', core(namespace, 'serviceaccounts'), { metadata: { name: 'default' } });

  const shown = ({ spec }) => ({
    nodeSelector: spec.nodeSelector,
    tolerations: spec.tolerations,
    pull: [...spec.containers, ...(spec.initContainers ?? [])].map(({ imagePullPolicy }) => imagePullPolicy),
  });
  const create = async (name, namespace, spec, metadata) => {
    await note(name, send('POST', core(namespace, 'pods'), pod('p', spec, metadata)), shown);
    await send('DELETE', `${core(namespace, 'pods')}/p?gracePeriodSeconds=0`);
  };
  await create('a plain pod', 'ap-plain', {});
  await create('images are always pulled', 'ap-plain', {
    containers: [container({ image: 'nginx:1', imagePullPolicy: 'Never' })],
    initContainers: [container({ name: 'i', imagePullPolicy: 'IfNotPresent' })],
  });
  await create('a namespace of the configuration has a node selector', 'ap-nodes', {});
  await create('the pod adds to it', 'ap-nodes', { nodeSelector: { own: 'x' } });
  await create('the pod contradicts it', 'ap-nodes', { nodeSelector: { zone: 'other' } });
  await create('the namespace has one of its own', 'ap-own', {});
  await create('the namespace has a wrong one', 'ap-bad-selector', {});
  await create('tolerations of the namespace', 'ap-tolerations', {});
  await create('tolerations of the pod that are allowed', 'ap-tolerations', {
    tolerations: [{ key: 'ok', operator: 'Equal', value: 'v', effect: 'NoSchedule' }],
  });
  await create('tolerations of the pod that are not', 'ap-tolerations', { tolerations: [{ key: 'other', operator: 'Exists' }] });
  await create('a pod of best effort', 'ap-plain', { tolerations: [{ key: 'd', operator: 'Exists' }] });
  await create('a pod that asks for memory', 'ap-plain', { containers: [container({ resources: { requests: { memory: '1Mi' } } })] });
  await create('a namespace with unreadable tolerations', 'ap-bad-tolerations', {});
  await create('extended resources are tolerated', 'ap-plain', {
    containers: [
      container({
        resources: { requests: { 'example.com/b': '1', 'example.com/a': '1' }, limits: { 'example.com/b': '1', 'example.com/a': '1' } },
      }),
    ],
  });
  await create('anti-affinity over host names', 'ap-plain', antiAffinity('kubernetes.io/hostname'));
  await create('anti-affinity over zones', 'ap-plain', antiAffinity('topology.kubernetes.io/zone'));
  await create('a privileged pod against the default standard', 'ap-plain', {
    containers: [container({ securityContext: { privileged: true } })],
  });
  await create('a privileged pod in an exempt namespace', 'exempt-space', {
    containers: [container({ securityContext: { privileged: true } })],
  });
  const standards = (labels) =>
    Object.fromEntries(Object.entries(labels).map(([mode, value]) => [`pod-security.kubernetes.io/${mode}`, value]));
  const label = (name, space, labels) =>
    note(name, send('PATCH', `/api/v1/namespaces/${space}?dryRun=All`, { metadata: { labels: standards(labels) } }));
  await label('labels of an exempt namespace', 'exempt-space', { enforce: 'restricted' });
  await label('all of them', 'exempt-space', {
    enforce: 'restricted',
    'enforce-version': 'v1.25',
    audit: 'privileged',
    warn: 'baseline',
    'warn-version': 'v1.29',
  });
  await label('what asks for nothing more', 'exempt-space', { enforce: 'baseline', audit: 'baseline' });
  await label('what asks for nothing', 'exempt-space', { enforce: 'privileged', audit: 'privileged', warn: 'privileged' });
  await label('the same of one that is not exempt', 'ap-plain', { enforce: 'restricted', 'enforce-version': 'v1.25' });
  await note(
    'a new exempt namespace',
    send('POST', '/api/v1/namespaces?dryRun=All', { metadata: { name: 'exempt-space', labels: standards({ enforce: 'restricted' }) } }),
  );
  await create('a class that is not there', 'ap-plain', {
    runtimeClassName: 'exempt-class',
    containers: [container({ securityContext: { privileged: true } })],
  });
  await send('POST', '/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'exempt-class' }, handler: 'x' });
  await create('a privileged pod of an exempt class', 'ap-plain', {
    runtimeClassName: 'exempt-class',
    containers: [container({ securityContext: { privileged: true } })],
  });
  await note('no such namespace', send('POST', core('ap-none', 'configmaps'), { metadata: { name: 'c' } }));

  const ips = { spec: { ports: [{ port: 80 }], externalIPs: ['1.2.3.4'] } };
  const services = core('ap-plain', 'services');
  await note('external addresses', send('POST', services, { metadata: { name: 's' }, ...ips }));
  await note('a service without', send('POST', services, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }));
  await note('external addresses later', send('PATCH', `${services}/s`, { spec: { externalIPs: ['1.2.3.4'] } }));

  for (let i = 0; i < 4; i++) await note(`event ${i}`, send('POST', core('ap-events', 'events'), event(i)));
  await note('an event elsewhere', send('POST', core('ap-plain', 'events'), event(0, 'ap-plain')));

  const claim = (name, storageClassName) => ({
    metadata: { name },
    spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  const claims = core('ap-plain', 'persistentvolumeclaims');
  await note('a limited resource without a quota', send('POST', claims, claim('g', 'gold')));
  await note('another class', send('POST', claims, claim('s', 'silver')));
  await send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'expensive' }, value: 10 });
  await create('a limited scope without a quota', 'ap-plain', { priorityClassName: 'expensive' });

  const role = { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }] };
  await send('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/ap-plain/roles', { metadata: { name: 'maps' }, ...role });
  await send('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/ap-plain/rolebindings', {
    metadata: { name: 'maps' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'maps' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' }],
  });
  const maps = core('ap-plain', 'configmaps');
  const owner = (more) => ({
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: '11111111-1111-1111-1111-111111111111', ...more }],
  });
  // RBAC follows what was written in its own time.
  for (let made; !made; ) made = (await send('POST', maps, { metadata: { name: 'o' } }, alice)).status !== 403;
  await note('an owner that the user may delete', send('POST', maps, { metadata: { name: 'a', ...owner({}) } }, alice));
  await note('an owner to block', send('POST', maps, { metadata: { name: 'b', ...owner({ blockOwnerDeletion: true }) } }, alice));
  const pods = (more) => owner({ kind: 'Pod', ...more });
  await note(
    'an owner to block that the user may not',
    send('POST', maps, { metadata: { name: 'c', ...pods({ blockOwnerDeletion: true }) } }, alice),
  );
  await note(
    'an owner of no kind',
    send('POST', maps, { metadata: { name: 'd', ...owner({ apiVersion: 'none/v1', blockOwnerDeletion: true }) } }, alice),
  );
  await send('PATCH', '/apis/rbac.authorization.k8s.io/v1/namespaces/ap-plain/roles/maps', {
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'get', 'update', 'patch'] }],
  });
  for (let refused; !refused; ) refused = (await send('DELETE', `${maps}/none`, undefined, alice)).status === 403;
  await note('owners without the right to delete', send('PATCH', `${maps}/o`, { metadata: owner({ name: 'a' }) }, alice));

  const csr = (await import('./requests.mjs')).certificateRequest;
  await note(
    'a certificate for masters',
    send('POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', {
      metadata: { name: 'ap-masters' },
      spec: { request: csr, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
    }),
  );
  await note(
    'the same for another signer',
    send('POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', {
      metadata: { name: 'ap-other' },
      spec: { request: csr, signerName: 'example.com/x', usages: ['client auth'] },
    }),
  );
  agent.destroy();
  return JSON.parse(JSON.stringify(answers));
}
