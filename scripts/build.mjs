// Builds dist/: the generated schemas and types, then one bundle with the data files that it reads beside it, what starts it, its code cache and its first objects.
// `build.mjs generate` makes the generated files alone.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { builtWith, root, run } from './setup.mjs';

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

const dist = join(root, 'dist');
const common = { bundle: true, platform: 'node', target: 'node20', minifySyntax: true, legalComments: 'none', logLevel: 'warning' };

/** The part of LevelDB's package that finds its prebuilt binary from its own place, and so has to stay there. */
const nativePart = {
  name: 'native part',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/binding$/ }, ({ importer }) =>
      importer.includes('classic-level') ? { path: 'classic-level/binding.js', external: true } : undefined,
    );
  },
};

async function bundle() {
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    ...common,
    entryPoints: [join(root, 'src/main.ts')],
    outfile: join(dist, 'main.cjs'),
    // A function, as `src/launch.ts` calls it: V8 keeps the compiled code of scripts, not of modules.
    format: 'cjs',
    banner: { js: '(function (require, module, moduleUrl) {' },
    footer: { js: '})' },
    define: { 'import.meta.url': 'moduleUrl' },
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    write: false,
    absWorkingDir: root,
    plugins: [nativePart],
  });
  mkdirSync(dist, { recursive: true });
  for (const { path, text } of outputFiles) writeFileSync(path, path.endsWith('.cjs') ? ascii(text) : text);
  const program = (entry, name, more = {}) =>
    build({ ...common, entryPoints: [join(root, entry)], outfile: join(dist, name), format: 'esm', ...more });
  await program('src/launch.ts', 'orrery.js', { banner: { js: '#!/usr/bin/env node' } });
  await program('src/server/http/thread/entry.ts', 'front.js');
  // The package that reads flags asks for Node's modules in its own way.
  const requiring = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await program('src/etcd.ts', 'etcd.js', { banner: { js: requiring } });
  copyData(Object.keys(metafile.inputs), dist);
}

/** What esbuild leaves in regular expressions and comments; as ASCII the text takes half of the memory and no decoding. */
function ascii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Starts a cluster until it is ready, for what the next starts need not do again. Without it all works, but a start takes longer. */
async function rehearse() {
  const data = mkdtempSync(join(tmpdir(), 'orrery-build-'));
  try {
    await startOnce(data);
    run(process.execPath, ['--import', 'tsx', 'scripts/first-objects.ts', join(data, 'store'), join(dist, 'first-objects.json')]);
    rmSync(data, { recursive: true });
    // What V8 has compiled by then, of a start that finds the objects.
    await startOnce(data, join(dist, 'main.cache'));
  } catch (error) {
    console.error(`orrery: starts will take longer, as one in the build failed: ${error.message}`);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function startOnce(data, cache = join(data, 'main.cache')) {
  const child = spawn(process.execPath, [join(root, 'scripts/code-cache.mjs'), cache, 'up', '--port', '0', '--data-dir', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  child.stdout.once('data', () => child.kill('SIGTERM'));
  const code = await new Promise((ended) => child.on('close', ended));
  if (code !== 0) throw new Error(errors.trim());
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
  rmSync(dist, { recursive: true, force: true });
  await bundle();
  await rehearse();
  writeFileSync(join(root, builtWith), process.versions.v8);
}
