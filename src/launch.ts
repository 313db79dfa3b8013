import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/*
 * Starts the bundle with the code that V8 compiled of it when it was built (`scripts/code-cache.mjs`): parsing and compiling it anew takes as long as the rest
 * of a start. V8 refuses a cache of another version of its own, or of another bundle; then the bundle is compiled as ever.
 */
const bundle = new URL('./main.cjs', import.meta.url);

function cacheOf(url: URL): Buffer | undefined {
  try {
    return readFileSync(url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The bundle, which is ASCII (`scripts/build.mjs`). */
export const script = new Script(readFileSync(bundle, 'latin1'), {
  filename: fileURLToPath(bundle),
  cachedData: cacheOf(new URL('./main.cache', import.meta.url)),
});
script.runInThisContext()(createRequire(import.meta.url), { exports: {} }, import.meta.url);
