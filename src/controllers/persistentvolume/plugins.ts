import type { KubeObject } from '../../../api/meta/object.ts';
import { migratedTo } from '../../runtime/persistent-volumes.ts';

/** The provisioner of our own: classes that name it get volumes at once. */
export const ownProvisioner = 'orrery.dev/volumes';
const inTree = 'kubernetes.io/';
const ownFolder = '/tmp/orrery-volumes/';

interface Plugin {
  readonly name: string;
  readonly deletes: boolean;
  readonly recycles: boolean;
}

/** The volume plugins of kube-controller-manager, by the field of the volumes that they know. */
const plugins: Readonly<Record<string, Plugin>> = {
  hostPath: { name: 'kubernetes.io/host-path', deletes: true, recycles: true },
  nfs: { name: 'kubernetes.io/nfs', deletes: false, recycles: true },
};

export function hasProvisioner(name: string): boolean {
  return name === ownProvisioner;
}

/** Whether a provisioner's name is one of those that were, or are, built in. */
export function isInTree(provisioner: string): boolean {
  return provisioner.startsWith(inTree);
}

/** Whether someone else, outside the control plane, acts for a provisioner's name. */
export function isExternal(provisioner: string): boolean {
  return provisioner !== ownProvisioner && !isInTree(provisioner);
}

/** @returns the plugin of that name. It makes no volumes: only kubernetes.io/host-path could, and is not allowed to. @throws Error where there is none, or it never makes any */
export function provisioningPlugin(provisioner: string): string {
  const plugin = pluginNamed(provisioner);
  if (!plugin.deletes) throw new Error('no provisionable volume plugin matched');
  return plugin.name;
}

/** Where a volume of our own provisioner has its data. */
export function ownSource(volumeName: string): object {
  return { hostPath: { path: ownFolder + volumeName, type: 'DirectoryOrCreate' } };
}

/** @returns whether the volume's plugin deletes it (its data is nowhere, so that is all); false: somebody else does. @throws Error with why it cannot be deleted */
export function deletes(volume: KubeObject, provisioner: string | undefined): boolean {
  if (provisioner === ownProvisioner) return true;
  if (provisioner !== undefined && isExternal(provisioner)) return false;
  const { name } = volume.metadata!;
  if (provisioner) {
    if (!pluginNamed(provisioner).deletes) throw new Error('no deletable volume plugin matched');
  } else {
    // Its driver deletes it.
    if (volume.spec.csi || volume.metadata!.annotations?.[migratedTo] !== undefined) return false;
    const plugin = pluginOf(volume);
    if (!plugin?.deletes) {
      const why = plugin ? 'no deletable volume plugin matched' : 'no volume plugin matched';
      throw new Error(`error getting deleter volume plugin for volume ${JSON.stringify(name)}: ${why}`);
    }
  }
  const { path = '' } = volume.spec.hostPath ?? {};
  if (!/\/tmp\/.+/.test(path)) throw new Error(`host_path deleter only supports /tmp/.+ but received provided ${path}`);
  return true;
}

export function isRecyclable(volume: KubeObject): boolean {
  return pluginOf(volume)?.recycles ?? false;
}

function pluginOf({ spec }: KubeObject) {
  return Object.entries(plugins).find(([source]) => spec[source] !== undefined)?.[1];
}

function pluginNamed(name: string): Plugin {
  const plugin = Object.values(plugins).find((each) => each.name === name);
  if (!plugin) throw new Error(`no volume plugin matched name: ${name}`);
  return plugin;
}
