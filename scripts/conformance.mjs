// npm run conformance [-- OPTIONS]: installs and builds what is missing, then runs the upstream end-to-end suite (conformance/upstream/run.ts) against a cluster.
import { buildIfStale, installIfNeeded, run } from './setup.mjs';

installIfNeeded();
buildIfStale();
run(process.execPath, ['--import', 'tsx', 'conformance/upstream/run.ts', ...process.argv.slice(2)], { stdio: 'inherit' });
