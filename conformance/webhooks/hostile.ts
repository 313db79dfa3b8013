import type { ServerResponse } from 'node:http';
import { authority, startWebhookServer } from '../recorded/webhook-server.mjs';
import type { Connection } from '../robustness/play.ts';

type Answer = object | ((response: ServerResponse) => void) | undefined;
interface Request {
  readonly uid: string;
}

const nested = (depth: number, open: string, close: string, inner = '') => open.repeat(depth) + inner + close.repeat(depth);
const patch = (operations: object[]): object => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
const rawPatch = (text: string): object => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from(text).toString('base64') });
/** Of an answer, what `response` is besides the uid. */
const text = ({ uid }: Request, rest: string) => ({
  body: `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"${uid}",${rest}}}`,
});

/** What a mutating webhook answers, made to be slow, huge, deep or malformed. */
export const hostileAnswers: Readonly<Record<string, (request: Request) => Answer>> = {
  // Slow: until the timeout there is no whole answer.
  nothing: () => undefined,
  drip: () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  },
  'endless headers': () => (response) => {
    response.socket!.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => response.socket?.write(`X-Header-${'a'.repeat(1000)}: ${'b'.repeat(4000)}\r\n`), 5);
    response.on('close', () => clearInterval(timer));
  },
  // Huge.
  'an endless body': () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(100_000))) {}
    };
    response.on('drain', more);
    more();
  },
  'four megabytes': ({ uid }) => text({ uid }, `"allowed":true,"warnings":["${'x'.repeat(4_000_000)}"]`),
  // Malformed.
  'no HTTP': () => (response) => void response.socket!.end('this is not HTTP\r\n\r\n'),
  'an end before the answer': () => (response) => void response.socket!.destroy(),
  'an end within the answer': () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"apiVersion"', () => response.socket!.destroy());
  },
  'an empty answer': () => ({ body: '' }),
  'no JSON': () => ({ body: 'this: is: no JSON', type: 'text/plain' }),
  'half of JSON': () => ({ body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",' }),
  null: () => ({ body: 'null' }),
  'a list': () => ({ body: '[]' }),
  'no response': () => ({ body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}' }),
  'no review': () => ({ body: '{"apiVersion":"v1","kind":"ConfigMap"}' }),
  'no kind': ({ uid }) => ({ body: JSON.stringify({ response: { uid, allowed: true } }) }),
  'another uid': () => ({
    body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: 'other', allowed: true } }),
  }),
  'an error': () => ({ status: 500, body: 'secret details of a failure' }),
  'no permission': () => ({ status: 403, body: 'not you' }),
  'a redirect': () => (response) => void response.writeHead(307, { location: 'https://127.0.0.1:1/elsewhere' }).end(),
  'a redirect without an address': () => (response) => void response.writeHead(302).end(),
  '100,000 brackets': () => ({ body: nested(100_000, '[', ']') }),
  'deep fields': ({ uid }) => text({ uid }, `"allowed":true,"unknown":${nested(9_000, '{"a":', '}', '1')}`),
  'deeper fields': ({ uid }) => text({ uid }, `"allowed":true,"unknown":${nested(100_000, '{"a":', '}', '1')}`),
  // Of wrong types.
  'a response that is text': () => ({ body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":"yes"}' }),
  'allowed that is text': ({ uid }) => text({ uid }, '"allowed":"yes"'),
  'warnings that are a number': ({ uid }) => text({ uid }, '"allowed":true,"warnings":5'),
  'a warning that is a number': ({ uid }) => text({ uid }, '"allowed":true,"warnings":["a",5]'),
  'annotations that are a list': ({ uid }) => text({ uid }, '"allowed":true,"auditAnnotations":["a"]'),
  'an annotation that is a number': ({ uid }) => text({ uid }, '"allowed":true,"auditAnnotations":{"a":5}'),
  'a patch that is a number': ({ uid }) => text({ uid }, '"allowed":true,"patchType":"JSONPatch","patch":5'),
  'a patch that is no base64': ({ uid }) => text({ uid }, '"allowed":true,"patchType":"JSONPatch","patch":"?"'),
  'a patch that is a list': ({ uid }) => text({ uid }, '"allowed":true,"patchType":"JSONPatch","patch":[1,2]'),
  'a status that is null': ({ uid }) => text({ uid }, '"allowed":false,"status":null'),
  'a status that is text': ({ uid }) => text({ uid }, '"allowed":false,"status":"no"'),
  'a code that is text': ({ uid }) => text({ uid }, '"allowed":false,"status":{"code":"teapot"}'),
  'a code of 200': ({ uid }) => text({ uid }, '"allowed":false,"status":{"code":200,"message":"no"}'),
  'a code of 99,999': ({ uid }) => text({ uid }, '"allowed":false,"status":{"code":99999,"message":"no"}'),
  'a message that is a number': ({ uid }) => text({ uid }, '"allowed":false,"status":{"message":5}'),
  'a null uid': () => ({ body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":null,"allowed":true}}' }),
  'a uid that is a number': () => ({
    body: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":5,"allowed":true}}',
  }),
  // Patches.
  'no list of operations': () => rawPatch('{"op":"add"}'),
  'half a patch': () => rawPatch('[{"op":"add"'),
  'an unknown operation': () => rawPatch('[{"op":"explode","path":"/data"}]'),
  'a path that is not there': () => patch([{ op: 'replace', path: '/a/b/c', value: 1 }]),
  'copies of copies': () =>
    patch([
      { op: 'add', path: '/data', value: { a: 'y'.repeat(100_000) } },
      ...Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/x${i}` })),
    ]),
  'a deep value': () => rawPatch(`[{"op":"add","path":"/data","value":${nested(9_000, '{"a":', '}', '1')}}]`),
  'another kind': () => patch([{ op: 'replace', path: '/kind', value: 'Secret' }]),
  'another name': () => patch([{ op: 'replace', path: '/metadata/name', value: 'other' }]),
  'the whole object away': () => patch([{ op: 'remove', path: '' }]),
  'the whole object null': () => patch([{ op: 'replace', path: '', value: null }]),
  'metadata away': () => patch([{ op: 'remove', path: '/metadata' }]),
  'data of a wrong type': () => patch([{ op: 'add', path: '/data', value: 5 }]),
  'ten thousand operations': () => patch(Array.from({ length: 10_001 }, (_, i) => ({ op: 'add', path: '/data/a', value: String(i) }))),
  'a prototype': () => patch([{ op: 'add', path: '/data/__proto__', value: 'x' }]),
};

const slow: ReadonlySet<string> = new Set(['nothing', 'drip', 'endless headers']);
const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

export interface Told {
  readonly status: number;
  /** A Status' message, or the name and the keys that the ConfigMap came to. */
  readonly message: string;
}

/**
 * Lets each of the webhooks judge a ConfigMap of its own, all at one time.
 * @returns by the name of the answer what the client was told
 */
export async function playHostileAnswers({ ask }: Connection, namespace: string): Promise<Record<string, Told>> {
  const names = Object.keys(hostileAnswers);
  const label = 'hostile-answer';
  const server = startWebhookServer(
    Object.fromEntries(names.map((name, i) => [`/${i}`, (request: Request) => hostileAnswers[name]!(request)])),
  );
  const send = (method: string, path: string, body: object) => ask(method, path, JSON.stringify(body));
  try {
    await send('POST', '/api/v1/namespaces', { metadata: { name: namespace, labels: { [label]: 'yes' } } });
    const webhooks = names.map((_, i) => ({
      name: `w${i}.example.com`,
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      timeoutSeconds: slow.has(names[i]!) ? 1 : 30,
      namespaceSelector: { matchLabels: { [label]: 'yes' } },
      objectSelector: { matchLabels: { [label]: String(i) } },
      clientConfig: { url: server.url(`/${i}`), caBundle: authority },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
    }));
    await send('POST', configurations, { metadata: { name: label }, webhooks });
    const maps = `/api/v1/namespaces/${namespace}/configmaps`;
    const create = (i: number) => send('POST', maps, { metadata: { name: `m${i}`, labels: { [label]: String(i) } }, data: { a: '1' } });
    // Until the webhooks are asked.
    const probe = names.indexOf('no permission');
    while ((await create(probe)).status === 201) await ask('DELETE', `${maps}/m${probe}`);
    const told = await Promise.all(
      names.map(async (name, i) => {
        const answer = await create(i).catch(() => undefined);
        if (!answer) return [name, { status: 0, message: 'the stream was reset' }] as const;
        const body = answer.headers['content-type'] === 'application/json' ? JSON.parse(answer.text) : { message: answer.text };
        const text = String(body.message ?? `${body.metadata?.name}: ${Object.keys(body.data).sort().join(', ')}`);
        // Where the deadline finds a slow answer is not told: it depends on who is quick.
        const known = slow.has(name) ? text.slice(text.lastIndexOf(': ') + 2) : text;
        const message = known.replaceAll(`:${server.port()}/`, ':PORT/').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'UID');
        return [name, { status: answer.status, message }] as const;
      }),
    );
    return Object.fromEntries(told);
  } finally {
    await ask('DELETE', `${configurations}/${label}`);
    await ask('DELETE', `/api/v1/namespaces/${namespace}`);
  }
}
