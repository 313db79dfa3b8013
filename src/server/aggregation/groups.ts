import { compareVersions, servicePriorities } from '../discovery/priorities.ts';
import type { ApiGroup, ResourceIndex } from '../discovery/resource-index.ts';
import type { ApiServiceSet } from './api-service-set.ts';

/** A version of a group, with the place that its APIService gives it. */
interface Place {
  readonly group: string;
  readonly version: string;
  readonly groupPriority: number;
  readonly versionPriority: number;
}

/** Never has an APIService, and is always the first. */
const first = 'apiregistration.k8s.io';
const customManaged = 'kube-aggregator.kubernetes.io/automanaged';

/**
 * The groups that clients see: those that this server serves and those for which there is an APIService, in the order of their priorities. What is served
 * here is there before its APIService is.
 */
export class ApiGroups {
  private readonly index: ResourceIndex;
  private readonly services: Pick<ApiServiceSet, 'known' | 'version'>;
  private seen = '';
  private ordered: readonly ApiGroup[] = [];
  private byName = new Map<string, ApiGroup>();
  private priorities = new Map<string, number>();

  constructor(index: ResourceIndex, services: Pick<ApiServiceSet, 'known' | 'version'>) {
    this.index = index;
    this.services = services;
  }

  /** Changes with the groups. */
  get version(): string {
    return `${this.index.version}/${this.services.version}`;
  }

  group(name: string): ApiGroup | undefined {
    this.refresh();
    return this.byName.get(name);
  }

  /** All but the core group. */
  groups(): readonly ApiGroup[] {
    this.refresh();
    return this.ordered;
  }

  /** The same in the order of aggregated discovery, which sorts groups of equal priority by name. */
  groupsByName(): readonly ApiGroup[] {
    this.refresh();
    const priority = ({ name }: ApiGroup) => this.priorities.get(name)!;
    return [...this.ordered].sort((a, b) => priority(b) - priority(a) || (a.name < b.name ? -1 : 1));
  }

  private refresh(): void {
    if (this.seen === this.version) return;
    this.seen = this.version;
    const places = this.places().sort(
      (a, b) => b.groupPriority - a.groupPriority || (`${a.version}.${a.group}` < `${b.version}.${b.group}` ? -1 : 1),
    );
    const groups = new Map<string, Place[]>();
    this.priorities = new Map();
    for (const place of places) {
      groups.set(place.group, [...(groups.get(place.group) ?? []), place]);
      if (!this.priorities.has(place.group)) this.priorities.set(place.group, place.groupPriority);
    }
    const ordered = [...groups].map(([name, versions]) => {
      versions.sort((a, b) => b.versionPriority - a.versionPriority || compareVersions(a.version, b.version));
      return { name, versions: versions.map(({ version }) => version) };
    });
    this.byName = new Map(ordered.map((group) => [group.name, group]));
    this.ordered = ordered.filter(({ name }) => name !== '');
  }

  private places(): Place[] {
    const { known } = this.services;
    const places: Place[] = [];
    for (const { name: group, versions } of this.index.all()) {
      for (const version of versions) {
        const { groupPriorityMinimum, versionPriority } = known.get(`${version}.${group}`)?.spec ?? servicePriorities(group, version);
        places.push({ group, version, groupPriority: group === first ? Number.POSITIVE_INFINITY : groupPriorityMinimum, versionPriority });
      }
    }
    for (const { metadata, spec } of known.values()) {
      const { group = '', version = '', groupPriorityMinimum, versionPriority } = spec!;
      if (this.index.resources(group, version)) continue;
      // Of a custom kind that has gone a moment ago.
      if (!spec!.service && metadata!.labels?.[customManaged] === 'true') continue;
      places.push({ group, version, groupPriority: groupPriorityMinimum, versionPriority });
    }
    return places;
  }
}
