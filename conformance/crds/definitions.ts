import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../api/meta/object.ts';
import type { CustomResourceDefinition } from '../../openapi/types.ts';
import { moduleFolder } from '../harness/modules.ts';
import type { Project } from './projects.ts';

/** The definitions of a project, out of Go's own cache of modules, into which they come the first time. @throws Error if they cannot be had */
export async function definitionsOf({ module, version, paths }: Project): Promise<CustomResourceDefinition[]> {
  const folder = await moduleFolder(module, version);
  const files = paths.flatMap((path) => filesOf(join(folder, path)));
  const objects = files.flatMap((file) =>
    parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as KubeObject | null),
  );
  return objects.filter((object): object is CustomResourceDefinition => object?.kind === 'CustomResourceDefinition');
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(path, name));
}
