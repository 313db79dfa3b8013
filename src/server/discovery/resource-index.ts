import type { ResourceDefinition } from '../../../api/define.ts';
import type { RequestInfo } from '../context.ts';
import { compareGroups, compareVersions } from './priorities.ts';

/** The kinds that the server serves now; `version` changes when a CustomResourceDefinition adds or removes some. */
export interface ResourceRegistry {
  readonly version: number;
  definitions(): readonly ResourceDefinition[];
}

export interface ApiGroup {
  readonly name: string;
  /** Preferred first. */
  readonly versions: readonly string[];
}

/** Lookups over the definitions, remade when the registry has changed. */
export class ResourceIndex {
  private readonly registry: ResourceRegistry;
  private seen: number | undefined;
  private byResource = new Map<string, ResourceDefinition>();
  private byVersion = new Map<string, ResourceDefinition[]>();
  private byGroup = new Map<string, ApiGroup>();
  private customGroups = new Set<string>();

  constructor(registry: ResourceRegistry) {
    this.registry = registry;
  }

  get version(): number {
    return this.registry.version;
  }

  lookup({ group, version, resource }: Pick<RequestInfo, 'group' | 'version' | 'resource'>): ResourceDefinition | undefined {
    this.refresh();
    return this.byResource.get(`${group}/${version}/${resource}`);
  }

  /** Whether all of a group's kinds come from CustomResourceDefinitions: it knows no further paths. */
  isCustomGroup(group: string): boolean {
    this.refresh();
    return this.customGroups.has(group);
  }

  hasGroup(group: string): boolean {
    this.refresh();
    return this.byGroup.has(group);
  }

  group(name: string): ApiGroup | undefined {
    this.refresh();
    return this.byGroup.get(name);
  }

  /** All but the core group, in order of priority. */
  groups(): readonly ApiGroup[] {
    this.refresh();
    return [...this.byGroup.values()].filter(({ name }) => name !== '');
  }

  /** All groups, the core group among them. */
  all(): Iterable<ApiGroup> {
    this.refresh();
    return this.byGroup.values();
  }

  /** The resources of a group version by name; undefined if it is not served. */
  resources(group: string, version: string): readonly ResourceDefinition[] | undefined {
    this.refresh();
    return this.byVersion.get(`${group}/${version}`);
  }

  /** The definition in whose form a resource is stored. */
  storageDefinition({ storage }: ResourceDefinition): ResourceDefinition | undefined {
    return this.registry
      .definitions()
      .find((other) => !other.convert && other.storage.group === storage.group && other.storage.resource === storage.resource);
  }

  private refresh(): void {
    if (this.registry.version === this.seen) return;
    this.seen = this.registry.version;
    const definitions = this.registry.definitions();
    this.byResource = new Map(definitions.map((d) => [`${d.group}/${d.version}/${d.plural}`, d]));
    this.byVersion = new Map();
    const versions = new Map<string, Set<string>>();
    for (const definition of definitions) {
      const key = `${definition.group}/${definition.version}`;
      const list = this.byVersion.get(key);
      if (list) list.push(definition);
      else this.byVersion.set(key, [definition]);
      const known = versions.get(definition.group);
      if (known) known.add(definition.version);
      else versions.set(definition.group, new Set([definition.version]));
    }
    this.customGroups = new Set(versions.keys());
    for (const { group, schema } of definitions) if (typeof schema === 'string') this.customGroups.delete(group);
    for (const list of this.byVersion.values()) list.sort((a, b) => (a.plural < b.plural ? -1 : 1));
    this.byGroup = new Map(
      [...versions.keys()].sort(compareGroups).map((name) => [name, { name, versions: [...versions.get(name)!].sort(compareVersions) }]),
    );
  }
}
