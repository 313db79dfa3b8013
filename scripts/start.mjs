// npm start: installs and builds what is missing or stale, then runs `orrery up` in this process.
import { pathToFileURL } from 'node:url';
import { buildIfStale, installIfNeeded, root } from './setup.mjs';

try {
  installIfNeeded();
  buildIfStale();
} catch (error) {
  console.error(`orrery: ${error.message}`);
  process.exit(1);
}
process.argv.splice(1, 1, `${root}/dist/orrery.js`, 'up');
await import(pathToFileURL(`${root}/dist/orrery.js`).href);
