import { persistentVolume as persistentVolumes } from '../../../api/core/v1/persistentvolume.ts';
import { persistentVolumeClaim as persistentVolumeClaims } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { storageClass as storageClasses } from '../../../api/storage.k8s.io/v1/storageclass.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../openapi/types.ts';
import { sameJson } from '../../machinery/json-equal.ts';
import { storageClassOf } from '../../runtime/persistent-volumes.ts';
import type { Plugin } from '../framework.ts';
import type { Handle } from '../handle.ts';
import { unresolvable } from './refuse.ts';

const name = 'VolumeZone';

/** Labels that place a volume or node, the older ones with the name that they have now. */
const placeLabels: readonly (readonly [label: string, now: string])[] = [
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['topology.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/region'],
];

interface Place {
  readonly label: string;
  readonly now: string;
  readonly values: readonly string[];
}

/** Pods with volumes that are in a zone go to nodes of that zone. */
export function volumeZone({ listers }: Pick<Handle, 'listers'>): Plugin {
  const volumes = listers.for<PersistentVolume>(persistentVolumes);
  const claims = listers.for<PersistentVolumeClaim>(persistentVolumeClaims);
  const classes = listers.for<StorageClass>(storageClasses);

  /** @returns where the pod's volumes are, or why that cannot be said */
  function placesFor(pod: Pod): Place[] | string {
    const places: Place[] = [];
    for (const { persistentVolumeClaim } of pod.spec!.volumes ?? []) {
      if (!persistentVolumeClaim) continue;
      const { claimName } = persistentVolumeClaim;
      if (!claimName) return 'PersistentVolumeClaim had no name';
      const claim = claims.get(pod.metadata!.namespace!, claimName);
      if (!claim) return `persistentvolumeclaim "${claimName}" not found`;
      const volumeName = claim.spec?.volumeName;
      if (volumeName) {
        const volume = volumes.get('', volumeName);
        if (!volume) return `persistentvolume "${volumeName}" not found`;
        places.push(...placesOf(volume));
        continue;
      }
      const className = storageClassOf(claim);
      if (className === '') return 'PersistentVolumeClaim had no pv name and storageClass name';
      const storageClass = classes.get('', className);
      if (!storageClass) return `storageclass.storage.k8s.io "${className}" not found`;
      if (!storageClass.volumeBindingMode) return `VolumeBindingMode not set for StorageClass "${className}"`;
      if (storageClass.volumeBindingMode !== 'WaitForFirstConsumer') return 'PersistentVolume had no name';
    }
    return places;
  }

  return {
    name,
    events: [
      { resource: 'StorageClass', actions: ['add'], hint: (_pod, { object }) => object.volumeBindingMode === 'WaitForFirstConsumer' },
      { resource: 'Node', actions: ['add', 'updateNodeLabel'] },
      {
        resource: 'PersistentVolumeClaim',
        actions: ['add', 'update'],
        hint: (pod, { object }) =>
          object.metadata.namespace === pod.metadata!.namespace &&
          (pod.spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === object.metadata.name),
      },
      {
        resource: 'PersistentVolume',
        actions: ['add', 'update'],
        hint: (_pod, { object, old }) => !old || !sameJson(placesOf(object), placesOf(old)),
      },
    ],
    preFilter(state, pod) {
      const places = placesFor(pod);
      if (typeof places === 'string') return { refusal: unresolvable(name, places) };
      if (places.length === 0) return { skip: true };
      state.data.set(name, places);
      return undefined;
    },
    filter(state, _pod, { node }) {
      const labels = node.metadata!.labels ?? {};
      // A cluster without zones is one zone.
      if (!placeLabels.some(([label]) => labels[label] !== undefined)) return undefined;
      for (const { label, now, values } of state.data.get(name) as Place[]) {
        const value = labels[label] ?? labels[now];
        if (value === undefined || !values.includes(value)) return unresolvable(name, 'node(s) had no available volume zone');
      }
      return undefined;
    },
  };
}

/** A volume in several zones names them all, with two underscores between them. */
function placesOf({ metadata }: PersistentVolume): Place[] {
  return placeLabels.flatMap(([label, now]) => {
    const text = metadata!.labels?.[label];
    if (text === undefined) return [];
    const values = text.split('__').map((value) => value.trim());
    return values.includes('') ? [] : [{ label, now, values }];
  });
}
