// Bad input for a running cluster:
// node --import tsx conformance/robustness/mutations.ts --kubeconfig FILE [--count N] [--seed N] [--only I]
// node --import tsx conformance/robustness/mutations.ts --kubeconfig FILE --shapes DEPTH
import { parseArgs } from 'node:util';
import { definitions } from '../../api/index.ts';
import { createSchemaSource } from '../../openapi/source.ts';
import { runMutations, runRequests, serverOf } from './bad-input.ts';
import { shapesOf } from './shapes.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    shapes: { type: 'string' },
  },
});
if (!values.kubeconfig) throw new Error('mutations.ts --kubeconfig FILE [--count N] [--seed N] [--only I] | [--shapes DEPTH]');
const server = await serverOf(values.kubeconfig);

function* shapes(depth: number) {
  const schemas = createSchemaSource();
  for (const definition of definitions) yield* shapesOf(schemas, definition, depth);
}

const { findings, statuses } = values.shapes
  ? await runRequests(server, shapes(Number(values.shapes)))
  : await runMutations({
      server,
      count: Number(values.count),
      seed: Number(values.seed),
      only: values.only === undefined ? undefined : Number(values.only),
      answered: (index) => {
        if (index % 1000 === 999) console.log(`${index + 1} requests`);
      },
    });
for (const { index, problem, request } of findings) console.log(`#${index} ${problem}\n    ${request}`);
console.log(
  `answers by status: ${JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))}; ${findings.length} findings`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
