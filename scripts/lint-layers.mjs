// Holds the rules that no general linter knows: imports point one way, and time and chance come only from the machinery.
// The layer is read off the folder; an error names both layers.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each layer may import, besides itself. */
const table = {
  openapi: [],
  api: ['openapi'],
  'src/machinery': ['openapi', 'api'],
  'src/storage': ['openapi', 'api', 'src/machinery'],
  'src/auth': ['openapi', 'api', 'src/machinery', 'src/storage'],
  'src/admission': ['openapi', 'api', 'src/machinery', 'src/auth', 'src/registry'],
  'src/registry': ['openapi', 'api', 'src/machinery', 'src/storage', 'src/auth', 'src/admission'],
  'src/client': ['openapi', 'api', 'src/machinery', 'src/registry', 'src/server', 'src/auth'],
  'src/server': ['openapi', 'api', 'src/machinery', 'src/storage', 'src/auth', 'src/admission', 'src/registry', 'src/client'],
  'src/runtime': ['openapi', 'api', 'src/machinery', 'src/client'],
  'src/controllers': ['openapi', 'api', 'src/machinery', 'src/client', 'src/runtime'],
  'src/scheduler': ['openapi', 'api', 'src/machinery', 'src/client', 'src/runtime'],
  'src/kubelet': ['openapi', 'api', 'src/machinery', 'src/client', 'src/runtime'],
  'src/cli': ['openapi', 'api', 'src/machinery', 'src/client', 'src/runtime'],
  // What main.ts wires, by area: an area's flags and files become its parts.
  'src/assembly': [
    'openapi',
    'api',
    'src/machinery',
    'src/storage',
    'src/auth',
    'src/admission',
    'src/registry',
    'src/server',
    'src/client',
    'src/runtime',
    'src/cli',
  ],
  'src/main.ts': ['*'],
  // A program of its own, for envtest.
  'src/etcd.ts': ['src/cli'],
  // Loads the bundle of all the others.
  'src/launch.ts': [],
  conformance: ['*'],
  bench: ['*'],
  scripts: ['*'],
};
/** Single files that a layer may import from another, with the reason. */
const exceptions = [
  // The shape of an API error belongs to clients as well: it is what a failed request rejects with.
  { from: /^src\/(runtime|controllers|scheduler|kubelet|machinery|auth|cli)\//, to: /^src\/registry\/errors\.ts$/ },
  // A queue with its workers: what of the server asks others in the background is written like a controller.
  { from: /^src\/server\/aggregation\//, to: /^src\/runtime\/(controller|context)\.ts$/ },
  // The same of ConfigMaps that the API server keeps.
  { from: /^src\/server\/kept-config-map\.ts$/, to: /^src\/runtime\/(controller|context)\.ts$/ },
  { from: /^src\/server\/legacy-token-tracking\.ts$/, to: /^src\/runtime\/context\.ts$/ },
  // A controller that upstream runs within its API server, as there are no addresses without it.
  { from: /^src\/server\/service-address-repair\.ts$/, to: /^src\/runtime\/(context|controller|errors|informers|keys|series-events)\.ts$/ },
];

const forbidden = [
  { pattern: /\bDate\.now\(|\bnew Date\(\)|\bnew Date\b(?!\()/, words: 'time comes from machinery/clock.ts' },
  // A method that streams must have is no call.
  { pattern: /(?<![.\w])(setTimeout|setInterval)\((?!\w+: )/, words: 'timers come from machinery/clock.ts' },
  { pattern: /\bMath\.random\(|\brandomUUID\(|(?<![.\w])randomBytes\(|\brandomInt\(/, words: 'chance comes from machinery/random.ts' },
  { pattern: /\bprocess\.exit\(/, words: 'nothing ends the process; set process.exitCode in main.ts', in: /^(api|openapi|src)\// },
];
const timeAndChance = /^src\/machinery\/(clock|random)\.ts$/;

const problems = [];
for (const folder of ['api', 'openapi', 'src', 'conformance', 'bench']) {
  for (const name of readdirSync(join(root, folder), { recursive: true })) {
    if (!name.endsWith('.ts') || name.includes('generated') || name.includes('recorded/cases')) continue;
    check(join(folder, name));
  }
}
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);

function layerOf(file) {
  return Object.keys(table).find((layer) => file === layer || file.startsWith(`${layer}/`));
}

function check(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const test = file.endsWith('.test.ts') || /^(conformance|bench)\//.test(file) || /suite\.ts$/.test(file);
  const layer = layerOf(file);
  if (!layer) return problems.push(`${file}: no layer; name its folder in scripts/lint-layers.mjs`);
  if (!test && !table[layer].includes('*')) {
    for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)'/gm)) {
      const target = relative(root, resolve(root, dirname(file), specifier));
      const other = layerOf(target);
      if (other === layer || table[layer].includes(other) || exceptions.some((e) => e.from.test(file) && e.to.test(target))) continue;
      problems.push(`${file}: layer ${layer} may not import ${target} of layer ${other}`);
    }
  }
  if (test || timeAndChance.test(file)) return;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(\/\/|\*|\/\*)/.test(line)) continue;
    for (const rule of forbidden) {
      if ((!rule.in || rule.in.test(file)) && rule.pattern.test(line)) problems.push(`${file}:${index + 1}: ${rule.words}: ${line.trim()}`);
    }
  }
}
