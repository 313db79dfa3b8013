import type { KubeObject } from '../../../api/meta/object.ts';
import { messageOf, unlessNotFound } from '../../runtime/errors.ts';
import { provisionedBy } from '../../runtime/persistent-volumes.ts';
import { ownProtection } from './migration.ts';
import { deletes } from './plugins.ts';
import type { Recycling } from './recycling.ts';
import type { BindingState } from './state.ts';

/** What becomes of volumes whose claims are gone. */
export class Reclaiming {
  private readonly state: BindingState;
  private readonly recycling: Recycling;

  constructor(state: BindingState, recycling: Recycling) {
    this.state = state;
    this.recycling = recycling;
  }

  /** @throws Error where it is to be tried again */
  async reclaim(volume: KubeObject): Promise<void> {
    switch (volume.spec.persistentVolumeReclaimPolicy) {
      case 'Retain':
        return;
      case 'Recycle':
        return this.recycling.recycle(volume);
      case 'Delete':
        return this.delete(volume);
      default:
        return this.state.fail(volume, 'VolumeUnknownReclaimPolicy', 'Volume has unrecognized PersistentVolumeReclaimPolicy');
    }
  }

  private async delete(volume: KubeObject): Promise<void> {
    try {
      if (!deletes(volume, volume.metadata!.annotations?.[provisionedBy])) return;
    } catch (error) {
      await this.state.fail(volume, 'VolumeFailedDelete', messageOf(error));
      throw error;
    }
    const { name, uid, deletionTimestamp } = volume.metadata!;
    if (!deletionTimestamp) await unlessNotFound(this.state.volumesApi().delete('', name!, { preconditions: { uid: uid! } }));
    if (volume.metadata!.finalizers?.includes(ownProtection)) await this.letGo(name!);
  }

  private async letGo(name: string): Promise<void> {
    const volume = await unlessNotFound(this.state.volumesApi().get('', name));
    if (!volume) return;
    const finalizers = (volume.metadata!.finalizers ?? []).filter((finalizer) => finalizer !== ownProtection);
    await this.state.writeVolume({ ...volume, metadata: { ...volume.metadata, finalizers } });
  }
}
