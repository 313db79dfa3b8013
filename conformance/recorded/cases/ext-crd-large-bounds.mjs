// Bounds and values beyond 2^53 in the schema of a custom kind, in both OpenAPI documents.
import { CRDS, define, install } from '../custom-kinds.mjs';

export default () => {
  const group = 'rp-ext-large.example.com';
  const large = 9007199254740994;
  const def = define(group, 'Whale', { spec: { type: 'object', properties: { a: { type: 'integer', format: 'int64', minimum: -large, maximum: large }, b: { type: 'integer', format: 'int64', enum: [large, 1], default: large }, c: { type: 'string', maxLength: large } } } });
  const has = (schemas) => schemas && Object.keys(schemas).some((name) => name.endsWith('Whale'));
  const spec = (schemas) => Object.entries(schemas).find(([name]) => name.endsWith('Whale'))[1].properties.spec;
  const steps = [
    ...install(def),
    { name: 'in version 3', path: `/openapi/v3/apis/${group}/v1`, until: (b) => has(b.components?.schemas), pick: (b) => spec(b.components.schemas) },
    { name: 'in version 2', path: '/openapi/v2', until: (b) => has(b.definitions), pick: (b) => spec(b.definitions) },
  ];
  steps.cleanup = [`${CRDS}/whales.${group}`];
  return steps;
};
