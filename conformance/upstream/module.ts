import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../harness/cluster.ts';
import { cacheFolder } from '../harness/programs.ts';

/** The folder of the Go module that pins what is run of Kubernetes. */
export const folder = join(root, 'conformance/upstream');
/** Where programs of it are kept once they are built. */
export const cache = cacheFolder('upstream');

/** Runs `go` in the module. @returns what it printed @throws Error if it fails */
export function go(...args: string[]): string {
  const { status, stdout } = spawnSync('go', args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath' },
  });
  if (status !== 0) throw new Error(`go ${args.join(' ')} ended with ${status}`);
  return stdout;
}
