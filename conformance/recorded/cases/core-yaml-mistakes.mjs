// What is said of YAML with the mistakes that people make: tabs, indentation, quotes, brackets, templates, doubled keys.
export default ({ ns }) => {
  const C = `/api/v1/namespaces/${ns}/configmaps`;
  const head = 'apiVersion: v1\nkind: ConfigMap\n';
  const texts = {
    'a tab under a key': `${head}metadata:\n\tname: a\n`,
    'a tab after a value': `${head}\tmetadata:\n  name: a\n`,
    'a key indented less': `${head}metadata:\n  name: a\n labels: {}\n`,
    'a key indented more': `${head}metadata:\n  name: a\n    labels: {}\n`,
    'a key without a colon': 'apiVersion: v1\nkind ConfigMap\nmetadata:\n  name: a\n',
    'a last key without a colon': `${head}metadata:\n  name: a\ndata\n`,
    'two colons': `${head}metadata:\n  name: a: b\n`,
    'a double quote left open': `${head}metadata:\n  name: "a\n`,
    'a quote left open': `${head}metadata:\n  name: 'a\ndata: {}\n`,
    'text after a quote': `${head}metadata:\n  name: "a" b\n`,
    'an unknown escape': `${head}metadata:\n  name: "a\\qb"\n`,
    'a bracket left open': `${head}metadata:\n  finalizers: [a, b\ndata: {}\n`,
    'a brace left open': `${head}metadata: {name: a\n`,
    'a brace too many': `${head}metadata: {name: a}}\n`,
    'an unknown anchor': `${head}metadata: *nope\n`,
    'an anchor in itself': `${head}metadata: &a\n  labels: *a\n`,
    'a template': `${head}metadata:\n  name: {{ .Values.name }}\n`,
    'a template with a dash': `${head}metadata:\n  name: {{- .Values.name }}\n`,
    'an at sign': `${head}metadata:\n  name: @a\n`,
    'a percent sign': `${head}metadata:\n  name: %a\n`,
    'an item among keys': `${head}- a\n`,
    'a key among items': '- a\nb: c\n',
    'a block without indentation': `${head}metadata:\n  name: a\ndata:\n  k: |\n  v\n   w\n`,
    'plain text': 'hello\n',
    'a doubled key': `${head}metadata:\n  name: a\ndata:\n  k: v\n  k: w\n`,
    'a number for a text': `${head}metadata:\n  name: a\ndata:\n  k: 1\n`,
    'a merge of no map': `${head}metadata:\n  name: a\n<<: b\n`,
    nothing: '',
    'a comment': '# nothing\n',
  };
  const pick = (b) => (b.code ? { code: b.code, reason: b.reason, message: b.message } : b.data ?? null);
  return Object.entries(texts).flatMap(([name, text]) => [
    { name, method: 'POST', path: C, query: { dryRun: 'All' }, type: 'application/yaml', body: text, pick },
    { name: `${name}, applied`, method: 'PATCH', path: `${C}/a`, query: { dryRun: 'All', fieldManager: 'm' }, type: 'application/apply-patch+yaml', body: text, pick },
  ]);
};
