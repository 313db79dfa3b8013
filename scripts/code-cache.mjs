// code-cache.mjs CACHE ARGUMENT…: runs the built command with the arguments, and writes what V8 has compiled of its bundle when it ends.
import { renameSync, writeFileSync } from 'node:fs';

const [cache] = process.argv.splice(2, 1);
const { script } = await import('../dist/orrery.js');
process.on('exit', () => {
  writeFileSync(`${cache}.new`, script.createCachedData());
  renameSync(`${cache}.new`, cache);
});
