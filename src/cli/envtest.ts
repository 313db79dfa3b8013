import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { UserError } from './errors.ts';

/** The scripts behind what envtest of controller-runtime starts; of `kubectl` it only hands on the path. */
export type AssetScripts = Readonly<Record<'kube-apiserver' | 'etcd', string>>;

/** Where the programs for envtest lie unless the user names a folder. */
export function defaultAssetsFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orrery', 'envtest');
}

/**
 * Makes a folder of programs for envtest that start this Orrery.
 * @param scripts what Node runs: as `orrery`, and in etcd's place @param path where a kubectl may be, as in $PATH
 * @returns the folder's absolute path
 */
export async function writeAssets(folder: string, scripts: AssetScripts, path = ''): Promise<string> {
  const target = resolve(folder);
  await mkdir(target, { recursive: true });
  await writeLauncher(join(target, 'kube-apiserver'), [process.execPath, scripts['kube-apiserver'], 'kube-apiserver']);
  await writeLauncher(join(target, 'etcd'), [process.execPath, scripts.etcd]);
  const kubectl = path
    .split(delimiter)
    .filter((place) => place !== '' && resolve(place) !== target)
    .map((place) => join(place, 'kubectl'))
    .find((file) => existsSync(file));
  if (kubectl !== undefined) await writeLauncher(join(target, 'kubectl'), [resolve(kubectl)]);
  return target;
}

/** By rename, as a suite may just be starting the one that is there. */
async function writeLauncher(file: string, command: readonly string[]): Promise<void> {
  const making = `${file}.${process.pid}`;
  await writeFile(making, `#!/bin/sh\nexec ${command.map(quoted).join(' ')} "$@"\n`, { mode: 0o755 });
  await rename(making, file);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Answers at /health of each URL as etcd does, which is all that envtest asks of it.
 * @throws UserError where it cannot listen
 */
export async function serveEtcdHealth(urls: readonly string[]): Promise<AsyncDisposable & { readonly ports: readonly number[] }> {
  const servers = urls.map((url) => {
    const server = createServer(({ url: path }, response) => {
      const healthy = path?.split('?')[0] === '/health';
      response.writeHead(healthy ? 200 : 404, { 'content-type': healthy ? 'application/json' : 'text/plain; charset=utf-8' });
      response.end(healthy ? '{"health":"true","reason":""}' : '404 page not found\n');
    });
    return { url: new URL(url), server };
  });
  await Promise.all(
    servers.map(
      ({ url, server }) =>
        new Promise<void>((listening, failed) => {
          server.once('error', (error) => failed(new UserError(`--listen-client-urls: ${error.message}`)));
          server.listen(Number(url.port || 80), url.hostname.replace(/^\[|\]$/g, ''), listening);
        }),
    ),
  );
  return {
    ports: servers.map(({ server }) => (server.address() as AddressInfo).port),
    async [Symbol.asyncDispose]() {
      await Promise.all(
        servers.map(
          ({ server }) =>
            new Promise<void>((closed) => {
              server.close(() => closed());
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}
