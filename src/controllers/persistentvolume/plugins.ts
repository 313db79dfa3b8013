import type { KubeObject } from '../../../api/meta/object.ts';

/** The provisioner of our own: classes that name it get volumes at once. */
export const ownProvisioner = 'orrery.dev/volumes';
const inTree = 'kubernetes.io/';
const ownFolder = '/tmp/orrery-volumes/';

/** Volumes that a volume plugin of kube-controller-manager knows, and whether it can delete or recycle them. */
const plugins: Readonly<Record<string, { deletes: boolean; recycles: boolean }>> = {
  hostPath: { deletes: true, recycles: true },
  nfs: { deletes: false, recycles: true },
};

export function hasProvisioner(name: string): boolean {
  return name === ownProvisioner;
}

/** Whether someone else, outside the control plane, acts for a provisioner's name. */
export function isExternal(provisioner: string): boolean {
  return provisioner !== ownProvisioner && !provisioner.startsWith(inTree);
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
  if (provisioner) throw new Error(`no volume plugin matched name: ${provisioner}`);
  // Its driver deletes it.
  if (volume.spec.csi) return false;
  const plugin = pluginOf(volume);
  if (!plugin?.deletes) {
    const why = plugin ? 'no deletable volume plugin matched' : 'no volume plugin matched';
    throw new Error(`error getting deleter volume plugin for volume ${JSON.stringify(name)}: ${why}`);
  }
  const { path } = volume.spec.hostPath;
  if (!/\/tmp\/.+/.test(path)) throw new Error(`host_path deleter only supports /tmp/.+ but received provided ${path}`);
  return true;
}

export function isRecyclable(volume: KubeObject): boolean {
  return pluginOf(volume)?.recycles ?? false;
}

function pluginOf({ spec }: KubeObject) {
  return Object.entries(plugins).find(([source]) => spec[source] !== undefined)?.[1];
}
