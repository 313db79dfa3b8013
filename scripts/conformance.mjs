// npm run conformance, conformance:clients: installs and builds what is missing, then runs the suite that is named.
import { buildIfStale, installIfNeeded, run } from './setup.mjs';

installIfNeeded();
buildIfStale();
run(process.execPath, ['--import', 'tsx', ...process.argv.slice(2)], { stdio: 'inherit' });
