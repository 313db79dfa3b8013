// npm test [-- FILE…]: installs and builds what is missing, then type-checks, lints and runs every suite (or the named test files).
// npm run lint: the checks alone.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale, installIfNeeded, root, run } from './setup.mjs';

const folders = ['api', 'openapi', 'src', 'conformance', 'scripts'];
const argument = process.argv[2];

try {
  installIfNeeded();
  run(process.execPath, ['scripts/build.mjs', 'generate']);
  if (argument === undefined || argument === 'lint') {
    run(process.execPath, ['node_modules/typescript/bin/tsc']);
    run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.']);
    run(process.execPath, ['scripts/lint-layers.mjs']);
  }
  if (argument === 'lint') process.exit(0);
  buildIfStale();
} catch (error) {
  console.error(`orrery: ${error.message}`);
  process.exit(1);
}

const named = process.argv.slice(2);
// The longest suite first: the others run beside it.
const longest = join('conformance', 'recorded', 'recorded.test.ts');
const files =
  named.length > 0
    ? named
    : [
        longest,
        ...folders
          .flatMap(testFiles)
          .filter((file) => file !== longest)
          .sort(),
      ];
const result = spawnSync(process.execPath, ['--import', 'tsx', '--test', '--test-concurrency=2', ...files], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exit(result.status ?? 1);

function testFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file));
}
