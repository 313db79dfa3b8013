// code-cache.mjs BUNDLE CACHE ARGUMENT…: runs the bundle with the arguments, and writes what V8 has compiled of it when it ends.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

const [bundle, cache] = process.argv.splice(2, 2);
const url = pathToFileURL(bundle).href;
const script = new Script(readFileSync(bundle, 'latin1'), { filename: bundle });
process.on('exit', () => {
  writeFileSync(`${cache}.new`, script.createCachedData());
  renameSync(`${cache}.new`, cache);
});
script.runInThisContext()(createRequire(url), { exports: {} }, url);
