// YAML as Go's library reads it: marks and directives before it, merged keys, numbers in every base, what JSON does not have, and what comes first when several things are wrong.
export default ({ ns }) => {
  const P = `/api/v1/namespaces/${ns}/configmaps`;
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: q}\n';
  const shown = (b) => b.message ?? b.data ?? null;
  const post = (name, raw, fieldValidation = 'Warn') => ({ name: `${name}, ${fieldValidation}`, method: 'POST', path: P, query: { dryRun: 'All', fieldValidation }, type: 'application/yaml', body: raw, pick: shown });
  const apply = (name, raw, fieldValidation = 'Strict') => ({ name: `${name}, applied, ${fieldValidation}`, method: 'PATCH', path: `${P}/q`, query: { dryRun: 'All', fieldManager: 'm', fieldValidation }, type: 'application/apply-patch+yaml', body: raw, pick: shown });
  const each = (name, text) => [post(name, text), post(name, text, 'Strict'), apply(name, text)];
  return [
    ...each('a mark before it', `\ufeff${head}data: {a: b}\n`), ...each('a mark and a mistake', `\ufeff${head}data: {a: b\n`), ...each('directives and a second document', `%YAML 1.1\n---\n${head}data: {a: b}\n...\na: b\n`),
    ...each('merged after its key', `x: &x {a: c}\n${head}data:\n  a: b\n  <<: *x\n`), ...each('merged before its key', `${head}data:\n  <<: {a: c, d: e}\n  a: b\n`), ...each('a list merged', `${head}data:\n  <<: [{a: b}, {a: c, d: e}]\n`), ...each('a text merged', `${head}data:\n  <<: b\n`), ...each('a merge with its tag', `${head}data:\n  !!merge "<<": {a: b}\n`), ...each('quoted, none', `${head}data:\n  "<<": b\n`),
    ...each('twice, the second over lines', `${head}data:\n  a: b\n  a:\n    >-\n    c\n`), ...each('twice, and a mistake', `${head}data:\n  a: b\n  a: 1\n`),
    ...each('numbers', `${head}data:\n  a: 0O7\n`), ...each('not a number', `${head}data:\n  a: .NaN\n`), ...each('less than all', `${head}data:\n  a: -.inf\n  b: .nan\n`), ...each('infinite after a mistake', `${head}data:\n  a: .inf\n  ~: b\n`), ...each('infinite keys', `${head}data:\n  .inf: a\n  -.inf: b\n  .nan: c\n`),
  ];
};
