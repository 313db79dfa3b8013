// Builds dist/: the generated schemas and types, then one bundled module with the data files that it reads beside it.
// `build.mjs generate` makes the generated files alone.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { root, run } from './setup.mjs';

function generate() {
  const inputs = [
    'scripts/generate.ts',
    ...filesBelow('scripts/generate'),
    'openapi/compact.ts',
    'package-lock.json',
    ...filesBelow('openapi/data'),
  ];
  const newest = Math.max(...inputs.map((file) => statSync(join(root, file)).mtimeMs));
  const made = statSync(join(root, 'openapi/generated/types.ts'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (made < newest) run(process.execPath, ['--import', 'tsx', 'scripts/generate.ts']);
}

async function bundle() {
  const { build } = await import('esbuild');
  const dist = join(root, 'dist');
  const { metafile } = await build({
    entryPoints: [join(root, 'src/main.ts')],
    outfile: join(dist, 'orrery.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minifySyntax: true,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    absWorkingDir: root,
    // Finds its prebuilt binary from its own place; the HTTP pages' optional parts are never loaded.
    external: ['classic-level'],
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  copyData(Object.keys(metafile.inputs), dist);
}

// A module reads a data file as `new URL('./name.json', import.meta.url)`: in the bundle that is dist/name.json.
function copyData(inputs, dist) {
  const copied = new Map();
  for (const input of inputs) {
    if (input.startsWith('node_modules/')) continue;
    for (const [, path] of readFileSync(join(root, input), 'utf8').matchAll(/new URL\('\.\/([^']+)', import\.meta\.url\)/g)) {
      const source = resolve(root, dirname(input), path);
      if (copied.has(path) && copied.get(path) !== source) throw new Error(`two data files named ${path}: ${source}, ${copied.get(path)}`);
      copied.set(path, source);
      mkdirSync(dirname(join(dist, path)), { recursive: true });
      copyFileSync(source, join(dist, path));
    }
  }
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)));
}

generate();
if (process.argv[2] !== 'generate') {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await bundle();
}
