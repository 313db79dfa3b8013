import type { CompactDefinition } from '../compact.ts';
import { loadDefinitions, loadDescriptions } from '../definitions.ts';
import { customDefinitions } from './custom-schema.ts';
import type { Operation } from './operation.ts';
import type { DocumentForm, Json } from './print-definition.ts';
import { DefinitionPrinter, referencesOf } from './print-definition.ts';
import type { DocumentedResource } from './resource.ts';
import type { DefinitionOf } from './resource-operations.ts';

/** Every group-version may carry these two kinds of meta/v1, so that documents list them under each. */
const sharedKinds: ReadonlySet<string> = new Set([
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
  'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent',
]);

/** What the definitions of every custom kind and list refer to. */
const customReferences = ['io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta', 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'];

let definitionsByKind: Map<string, string> | undefined;

/** @throws Error if no definition has that group, version and kind */
export const definitionOf: DefinitionOf = ({ group, version, kind }) => {
  definitionsByKind ??= new Map(
    Object.entries(loadDefinitions())
      .filter(([, definition]) => definition.k !== undefined)
      .map(([name, definition]) => [definition.k!.join('/'), name]),
  );
  const name = definitionsByKind.get(`${group}/${version}/${kind}`);
  if (name === undefined) throw new Error(`There is no definition of ${group}/${version} ${kind}.`);
  return name;
};

/** The schemas that operations use, with all that these refer to, sorted by name; those of custom kinds among them. */
export function printDefinitions(
  operations: readonly Operation[],
  form: DocumentForm,
  sharedVersions: readonly { readonly group: string; readonly version: string }[],
  resources: readonly DocumentedResource[],
): Json {
  const custom: Record<string, Json> = Object.assign(
    {},
    ...resources.map((resource) => resource.documentation && customDefinitions(resource, resource.documentation, form)),
  );
  const definitions = loadDefinitions();
  const printer = new DefinitionPrinter(form, loadDescriptions().definitions, (name) => definitions[name]?.f !== undefined);
  const names = [...reachable(operations, custom)].sort();
  return Object.fromEntries(
    names.map((name) => {
      if (custom[name]) return [name, custom[name]];
      const definition = definitions[name]!;
      return [name, printer.print(name, definition, kindsOf(name, definition, sharedVersions))];
    }),
  );
}

function kindsOf(
  name: string,
  definition: CompactDefinition,
  sharedVersions: readonly { readonly group: string; readonly version: string }[],
): Json[] | undefined {
  if (definition.k === undefined) return undefined;
  const [group, version, kind] = definition.k;
  const others = sharedKinds.has(name) ? sharedVersions.filter((other) => other.group !== group || other.version !== version) : [];
  return [{ group, version }, ...others].map((each) => ({ group: each.group, kind, version: each.version }));
}

function reachable(operations: readonly Operation[], custom: Readonly<Record<string, Json>>): Set<string> {
  const definitions = loadDefinitions();
  const found = new Set<string>();
  const pending = operations.flatMap((operation) => [operation.answer, operation.body?.definition]).filter((name) => name !== undefined);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    pending.push(...(custom[name] ? customReferences : referencesOf(definitions[name]!)));
  }
  return found;
}
