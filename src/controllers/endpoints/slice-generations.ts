import type { KubeObject } from '../../../api/meta/object.ts';

/**
 * The generations of the EndpointSlices that a controller wrote last, by the key of their service. By them it tells what it sees of its own writes from what
 * others did, and knows when its informer is behind. A slice's generation changes with what it holds and with its labels, not with the rest of its metadata.
 */
export class SliceGenerations {
  private readonly known = new Map<string, Map<string, number>>();

  note(key: string, { metadata }: KubeObject): void {
    let ofService = this.known.get(key);
    if (!ofService) this.known.set(key, (ofService = new Map()));
    ofService.set(metadata!.uid!, metadata!.generation ?? 0);
  }

  has(key: string, { metadata }: KubeObject): boolean {
    return this.known.get(key)?.has(metadata!.uid!) ?? false;
  }

  /** Whether the slice is not as it was written here last. */
  isNews(key: string, { metadata }: KubeObject): boolean {
    const generation = this.known.get(key)?.get(metadata!.uid!);
    return generation === undefined || (metadata!.generation ?? 0) > generation;
  }

  /** Whether all that was written shows among `slices`. */
  inStep(key: string, slices: Iterable<KubeObject>): boolean {
    const ofService = this.known.get(key);
    if (!ofService) return true;
    const shown = new Map([...slices].map(({ metadata }) => [metadata!.uid!, metadata!.generation ?? 0]));
    return [...ofService].every(([uid, generation]) => (shown.get(uid) ?? -1) >= generation);
  }

  forgetSlice(key: string, { metadata }: KubeObject): void {
    this.known.get(key)?.delete(metadata!.uid!);
  }

  forget(key: string): void {
    this.known.delete(key);
  }
}
