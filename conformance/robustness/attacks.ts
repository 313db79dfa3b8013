/**
 * Requests that are made to be slow, huge, deep or malformed, each with the status that is right.
 * kube-apiserver v1.36.3 answers so, too, but for those with `real`, on which it works for 34 s until it answers 504. They run in order in one
 * namespace, against any server; `hostile.ts` judges the answers and measures what others feel of them meanwhile.
 */
export interface Attack {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** An object, or text as it goes over the wire. Made when it is needed: some are large. */
  readonly body?: () => object | string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent without the client certificate. */
  readonly anonymous?: true;
  readonly status: number;
  /** In the answer's text. */
  readonly says?: RegExp;
  /** What kube-apiserver answers where it is not that. */
  readonly real?: 504;
  /** Takes long or leaves much to do: left out of the short selection. */
  readonly slow?: true;
}

export const namespace = 'hostile';
const core = `/api/v1/namespaces/${namespace}`;
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'hostile.example.com';
const jsonPatch = 'application/json-patch+json';
const mergePatch = 'application/merge-patch+json';
const strategicPatch = 'application/strategic-merge-patch+json';
const apply = 'application/apply-patch+yaml';

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const nested = (depth: number, open: string, close: string, inner = '') => open.repeat(depth) + inner + close.repeat(depth);

function definition(plural: string, spec: object): object {
  const kind = plural[0]!.toUpperCase() + plural.slice(1, -1);
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, kind }, versions: [{ name: 'v1', served: true, storage: true, schema }] },
  };
}

const define = (name: string, plural: string, spec: () => object, status: number, says?: RegExp): Attack => ({
  name,
  method: 'POST',
  path: definitions,
  body: () => definition(plural, spec()),
  status,
  ...(says ? { says } : {}),
});
const custom = (name: string, plural: string, spec: () => object, status: number, says?: RegExp): Attack => ({
  name,
  method: 'POST',
  path: `/apis/${group}/v1/namespaces/${namespace}/${plural}`,
  body: () => ({
    apiVersion: `${group}/v1`,
    kind: plural[0]!.toUpperCase() + plural.slice(1, -1),
    metadata: { generateName: 'a-' },
    spec: spec(),
  }),
  status,
  ...(says ? { says } : {}),
});
const patchMap = (name: string, type: string, body: () => object | string, status: number, says?: RegExp): Attack => ({
  name,
  method: 'PATCH',
  path: `${core}/configmaps/victim${type === apply ? '?fieldManager=hostile&force=true' : ''}`,
  type,
  body,
  status,
  ...(says ? { says } : {}),
});

const encoded = (value: object | string) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const issuer = 'https://kubernetes.default.svc.cluster.local';
const account = { namespace: 'kube-system', serviceaccount: { name: 'default', uid: 'x' } };
const claims = {
  iss: issuer,
  aud: [issuer],
  sub: 'system:serviceaccount:kube-system:default',
  exp: 4_102_444_800,
  iat: 1,
  'kubernetes.io': account,
};
const signed = (payload: object | string, header: object | string = { alg: 'ES256' }) => `${encoded(header)}.${encoded(payload)}.AAAA`;
const token = (name: string, text: string, status = 401): Attack => ({
  name: `a token ${name}`,
  method: 'GET',
  path: `${core}/configmaps`,
  headers: { authorization: `Bearer ${text}` },
  anonymous: true,
  status,
});
const list = (name: string, query: string, status: number, says?: RegExp): Attack => ({
  name,
  method: 'GET',
  path: `${core}/configmaps?${query}`,
  status,
  ...(says ? { says } : {}),
});

/** Of identities and of what is asked for: each is answered at once. */
export const smallAttacks: readonly Attack[] = [
  token('of 40 kB', 'x'.repeat(40_000)),
  token('that is not signed', `${encoded({ alg: 'none' })}.${encoded(claims)}.`),
  token('signed with what everyone knows', `${encoded({ alg: 'HS256' })}.${encoded(claims)}.${encoded('x'.repeat(32))}`),
  token('of 10,000 dots', '.'.repeat(10_000)),
  token('with a deep payload', signed(nested(3_000, '{"a":', '}', '1'))),
  token('with a deep header', signed(claims, nested(3_000, '{"a":', '}', '1'))),
  token('that never expires', signed(JSON.stringify(claims).replace('4102444800', '1e999'))),
  token('whose payload is null', signed('null')),
  token('whose payload is a list', signed('[]')),
  token('whose issuer is a number', signed({ ...claims, iss: 5 })),
  token('whose key is a list', signed(claims, { alg: 'ES256', kid: [1] })),
  token('with a signature of 20 kB', `${encoded({ alg: 'ES256' })}.${encoded(claims)}.${'A'.repeat(20_000)}`),
  token('that is empty', '', 403),
  token('of several words', 'a b c'),
  {
    name: 'an impersonation with 1,000 groups',
    method: 'GET',
    path: `${core}/configmaps`,
    headers: { 'impersonate-user': 'x', 'impersonate-group': times(1_000, (i) => `g${i}`) },
    status: 403,
    says: /User \\"x\\" cannot list/,
  },
  {
    name: 'a review of a token of 2 MB',
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: () => ({ spec: { token: 'x'.repeat(2_000_000) } }),
    status: 201,
    says: /"status":\{"user":\{\}/,
  },
  list('a limit beyond numbers', 'limit=1e400', 400, /ParseInt/),
  list('a token to continue of 40 kB', `continue=${'A'.repeat(40_000)}`, 400, /continue/),
  list('a deep token to continue', `continue=${encoded(nested(3_000, '{"a":', '}', '1'))}`, 400, /continue/),
  list(
    'a token to continue with Secrets',
    `continue=${encoded({ v: 'meta.k8s.io/v1', rv: 5, start: '../../../secrets/kube-system/' })}`,
    400,
    /continue/,
  ),
  list('a revision of 5,000 digits', `resourceVersion=${'9'.repeat(5_000)}`, 400, /invalid resource version/),
  list(
    'a timeout of 300 digits',
    `timeout=${'9'.repeat(300)}s`,
    400,
    /invalid timeout specified in the request URL - time: invalid duration/,
  ),
  list('a field selector of 10,000 commas', `fieldSelector=${encodeURIComponent(`metadata.name=${'\\,'.repeat(10_000)}`)}`, 200),
  list('a label selector of 5,000 values', `labelSelector=${encodeURIComponent(`a in (${times(5_000, (i) => `v${i}`).join(',')})`)}`, 200),
  list(
    'a label selector beyond numbers',
    `labelSelector=${encodeURIComponent(`a>${'9'.repeat(3_000)}`)}`,
    400,
    /unable to parse requirement/,
  ),
  list('a label selector of signs', `labelSelector=${encodeURIComponent('='.repeat(20_000))}`, 400, /found '=='/),
  list('7,000 parameters', times(7_000, (i) => `a${i}=1`).join('&'), 200),
  { name: 'a path of 20,000 steps', method: 'GET', path: `/api/v1${'/a'.repeat(20_000)}`, status: 404 },
  { name: 'a path of percent signs', method: 'GET', path: `/api/v1/namespaces/${'%25'.repeat(10_000)}`, status: 400 },
];

const numbers = { type: 'array', maxItems: 2000, items: { type: 'integer' } };
const deepSchema = (depth: number): object =>
  depth === 0 ? { type: 'string' } : { type: 'object', properties: { a: deepSchema(depth - 1) } };

/** Definitions of the cases below, whose objects follow when they are served. */
export const definitionAttacks: readonly Attack[] = [
  define(
    'a pattern that backtracks',
    'patterns',
    () => ({
      type: 'object',
      properties: { text: { type: 'string', pattern: '^(a+)+$' }, other: { type: 'string', pattern: '(x+x+)+y|(a|aa)*b' } },
    }),
    201,
  ),
  define(
    'lists that are sets and maps',
    'collections',
    () => ({
      type: 'object',
      properties: {
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        map: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: { type: 'string' } } },
        },
      },
    }),
    201,
  ),
  define(
    'rules whose cost is only known when they run',
    'budgets',
    () => ({
      type: 'object',
      properties: { list: numbers },
      'x-kubernetes-validations': [{ rule: 'self.list.all(x, self.list.exists(y, y == x + 1) || x == 7)' }],
    }),
    422,
    /estimated rule cost exceeds budget by factor of/,
  ),
  define(
    'a rule that may take as long as it may take',
    'spinners',
    () => ({
      type: 'object',
      properties: { list: { ...numbers, maxItems: 1000 } },
      'x-kubernetes-validations': [{ rule: 'self.list.all(x, self.list.all(y, x + y >= 0))' }],
    }),
    201,
  ),
  define(
    'rules of no bound',
    'unbounded',
    () => ({
      type: 'object',
      properties: { list: { type: 'array', items: { type: 'string' } } },
      'x-kubernetes-validations': [{ rule: 'self.list.all(x, self.list.all(y, self.list.all(z, x + y == z)))' }],
    }),
    422,
    /exceeds budget/,
  ),
  define(
    'a pattern of a million states',
    'states',
    () => ({ type: 'object', properties: { text: { type: 'string', pattern: '((a{100}){100}){100}' } } }),
    422,
  ),
  define('a reference', 'references', () => ({ type: 'object', properties: { text: { $ref: '#/properties/spec' } } }), 422, /\$ref/),
  define('a schema of 200 levels', 'levels', () => deepSchema(200), 201),
  {
    ...define(
      '20,000 properties',
      'properties',
      () => ({ type: 'object', properties: Object.fromEntries(times(20_000, (i) => [`p${i}`, { type: 'string' }])) }),
      201,
    ),
    slow: true,
  },
  define(
    'a rule of 100 kB',
    'rules',
    () => ({
      type: 'object',
      properties: { a: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: `self.a == 1${' || self.a == 1'.repeat(7000)}` }],
    }),
    422,
  ),
  define(
    'a rule of 500 brackets',
    'brackets',
    () => ({
      type: 'object',
      properties: { a: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: `${nested(500, '(', ')', 'self.a')} == 1` }],
    }),
    422,
  ),
];

export const attacks: readonly Attack[] = [
  {
    name: 'a victim',
    method: 'POST',
    path: `${core}/configmaps`,
    body: () => ({ metadata: { name: 'victim' }, data: { a: '1' } }),
    status: 201,
  },
  custom(
    'text against a pattern that backtracks',
    'patterns',
    () => ({ text: `${'a'.repeat(200_000)}b`, other: 'x'.repeat(100_000) }),
    422,
  ),
  { ...custom('a set of 20,000', 'collections', () => ({ set: times(20_000, (i) => `v${i}`) }), 201), slow: true },
  { ...custom('a map of 20,000', 'collections', () => ({ map: times(20_000, (i) => ({ k: `v${i}`, v: 'x' })) }), 201), slow: true },
  custom('a map of 20,000 equal keys', 'collections', () => ({ map: times(20_000, () => ({ k: 'same' })) }), 422),
  custom('a million steps of a rule', 'spinners', () => ({ list: times(1000, (i) => i) }), 422, /(call cost|budget)/),
  custom('a small object under the same rule', 'spinners', () => ({ list: [1, 2] }), 201),
  { ...custom('20,000 values of the wrong type', 'collections', () => ({ set: times(20_000, (i) => i) }), 422), real: 504, slow: true },
  { name: '100,000 brackets', method: 'POST', path: `${core}/configmaps`, body: () => nested(100_000, '[', ']'), status: 400 },
  {
    name: '100,000 braces in an object',
    method: 'POST',
    path: `${core}/configmaps`,
    body: () => `{"metadata":{"name":"deep"},"data":${nested(100_000, '{"a":', '}', '1')}}`,
    status: 400,
  },
  {
    name: 'a YAML bomb',
    method: 'POST',
    path: `${core}/configmaps`,
    type: 'application/yaml',
    body: () =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na: &a [x,x,x,x,x,x,x,x,x]\n${times(9, (i) => `${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${times(9, () => `*${'abcdefghij'[i]}`).join(',')}]`).join('\n')}\n`,
    status: 400,
  },
  {
    name: '2 MB of YAML',
    slow: true,
    method: 'POST',
    path: `${core}/configmaps`,
    type: 'application/yaml',
    body: () =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: wide}\ndata:\n${times(60_000, (i) => `  k${i}: "some value ${i}"`).join('\n')}\n`,
    status: 500,
    says: /etcdserver: request is too large/,
    real: 504,
  },
  {
    name: '4 MB',
    method: 'POST',
    path: `${core}/configmaps`,
    body: () => ({ metadata: { name: 'large' }, data: { a: 'x'.repeat(4_000_000) } }),
    status: 413,
  },
  patchMap('10,001 operations', jsonPatch, () => times(10_001, () => ({ op: 'test', path: '/data/a', value: '1' })), 413, /10000/),
  patchMap('10,000 operations', jsonPatch, () => times(10_000, (i) => ({ op: 'add', path: `/data/k${i}`, value: 'x' })), 200),
  patchMap(
    'copies of copies',
    jsonPatch,
    () => [{ op: 'add', path: '/x', value: 'y'.repeat(100_000) }, ...times(40, (i) => ({ op: 'copy', from: '', path: `/x${i}` }))],
    422,
  ),
  {
    ...patchMap(
      '10,000 additions at the head of a list',
      jsonPatch,
      () => [
        { op: 'add', path: '/metadata/finalizers', value: [] },
        ...times(9_999, (i) => ({ op: 'add', path: '/metadata/finalizers/0', value: `a.b/${i}` })),
      ],
      200,
    ),
    slow: true,
  },
  patchMap('a merge of 100,000 levels', mergePatch, () => nested(100_000, '{"a":', '}', '1'), 400),
  patchMap('a strategic merge of 100,000 levels', strategicPatch, () => nested(100_000, '{"a":', '}', '1'), 400),
  patchMap('a merge of 9,900 lists', mergePatch, () => `{"x":${nested(9_900, '[', ']')}}`, 200),
  patchMap('a large merge of 9,900 lists', mergePatch, () => `{"x":${nested(9_900, '[', ']')},"y":"${'y'.repeat(40_000)}"}`, 200),
  { ...patchMap('a merge of 9,000 levels', mergePatch, () => nested(9_000, '{"a":', '}', '1'), 200), real: 504 },
  {
    ...patchMap(
      'an application of 20,000 fields',
      apply,
      () => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'victim' },
        data: Object.fromEntries(times(20_000, (i) => [`f${i}`, 'v'])),
      }),
      200,
    ),
    slow: true,
  },
  {
    name: 'a Pod with 20,000 variables',
    slow: true,
    method: 'POST',
    path: `${core}/pods`,
    body: () => ({
      metadata: { name: 'variables' },
      spec: { containers: [{ name: 'a', image: 'a', env: times(20_000, (i) => ({ name: `V${i}`, value: 'v' })) }] },
    }),
    status: 201,
  },
  {
    name: 'a Pod with 10,000 containers',
    slow: true,
    method: 'POST',
    path: `${core}/pods`,
    body: () => ({
      metadata: { name: 'containers' },
      spec: { containers: times(10_000, (i) => ({ name: `c${i}`, image: 'a', ports: [{ containerPort: (i % 60_000) + 1 }] })) },
    }),
    status: 201,
  },
  {
    name: 'a Pod with 20,000 equal volumes',
    slow: true,
    method: 'POST',
    path: `${core}/pods`,
    body: () => ({
      metadata: { name: 'volumes' },
      spec: { volumes: times(20_000, () => ({ name: 'v', emptyDir: {} })), containers: [{ name: 'a', image: 'a' }] },
    }),
    status: 422,
  },
  {
    name: 'a Pod with 10,000 tolerations',
    method: 'POST',
    path: `${core}/pods`,
    body: () => ({
      metadata: { name: 'tolerations' },
      spec: { tolerations: times(10_000, (i) => ({ key: `k${i}`, operator: 'Exists' })), containers: [{ name: 'a', image: 'a' }] },
    }),
    status: 201,
  },
  {
    name: 'a Service with 5,000 ports',
    method: 'POST',
    path: `${core}/services`,
    body: () => ({ metadata: { name: 'ports' }, spec: { ports: times(5_000, (i) => ({ name: `p${i}`, port: i + 1 })) } }),
    status: 201,
  },
  {
    name: 'quantities of a million digits',
    method: 'POST',
    path: `${core}/resourcequotas`,
    body: () => ({ metadata: { name: 'digits' }, spec: { hard: { pods: `1${'0'.repeat(1_000_000)}` } } }),
    status: 201,
    real: 504,
  },
  {
    name: 'a quantity with a large exponent',
    method: 'POST',
    path: `${core}/resourcequotas`,
    body: () => ({ metadata: { name: 'exponent' }, spec: { hard: { pods: '1e999999999' } } }),
    status: 201,
    real: 504,
  },
  {
    name: 'a selector of 5,000 requirements',
    method: 'GET',
    path: `${core}/pods?labelSelector=${encodeURIComponent(times(5_000, (i) => `k${i}!=v`).join(','))}`,
    status: 200,
  },
  {
    name: 'a selector that never ends',
    method: 'GET',
    path: `${core}/pods?labelSelector=${encodeURIComponent('('.repeat(50_000))}`,
    status: 400,
  },
  {
    name: 'a review of 20,000 groups',
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: () => ({ spec: { user: 'a', groups: times(20_000, (i) => `g${i}`), resourceAttributes: { verb: 'get', resource: 'pods' } } }),
    status: 201,
  },
  {
    name: 'a certificate request of rubbish',
    method: 'POST',
    path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
    body: () => ({
      metadata: { name: 'hostile' },
      spec: {
        signerName: 'a.example.com/b',
        usages: ['client auth'],
        request: Buffer.from(
          `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.alloc(700_000, 48).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`,
        ).toString('base64'),
      },
    }),
    status: 422,
  },
  {
    name: 'a role of 20,000 rules',
    slow: true,
    method: 'POST',
    path: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`,
    body: () => ({ metadata: { name: 'rules' }, rules: times(20_000, (i) => ({ apiGroups: [''], resources: [`r${i}`], verbs: ['get'] })) }),
    status: 201,
  },
  {
    name: 'a policy that matches a long text',
    method: 'POST',
    path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All',
    body: () => ({
      metadata: { name: 'hostile' },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }] },
        validations: [{ expression: `${'(object.data.a.matches("(a+)+$") || '.repeat(100)}true${')'.repeat(100)}` }],
      },
    }),
    status: 201,
  },
];
