// Install and build, each only when it is needed. Nothing here depends on an installed package.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command with its output on stderr (stdout belongs to the cluster); throws if it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${result.status ?? result.signal}`);
}

function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(path) {
  let latest = 0;
  for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
    if (entry.name === 'generated' || entry.name.endsWith('.test.ts')) continue;
    const child = join(path, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(child) : modified(child));
  }
  return latest;
}

/** Installs the dependencies if the lockfile is newer than what is installed. */
export function installIfNeeded() {
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  console.error('orrery: installing dependencies, which takes a minute or two the first time');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Of what version V8 was at the build: another one takes no code cache of it. */
export const builtWith = 'dist/v8-version';

/** Builds `dist/` if a source is newer than it, or another Node built it. */
export function buildIfStale() {
  const sources = Math.max(newest('api'), newest('openapi'), newest('src'), newest('scripts'), modified('package-lock.json'));
  const isOfThisV8 = existsSync(join(root, builtWith)) && readFileSync(join(root, builtWith), 'utf8') === process.versions.v8;
  if (isOfThisV8 && modified('dist/orrery.js') >= sources) return;
  console.error('orrery: building');
  run(process.execPath, ['scripts/build.mjs']);
}
