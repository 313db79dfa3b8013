/** Finalizers that we took from pods and that the informer still shows: by Job, the uids of the pods. */
export class FinalizerRemovals {
  private readonly expected = new Map<string, Set<string>>();

  of(key: string): ReadonlySet<string> {
    return this.expected.get(key) ?? new Set();
  }

  expect(key: string, uids: readonly string[]): void {
    const known = this.expected.get(key);
    if (known) for (const uid of uids) known.add(uid);
    else this.expected.set(key, new Set(uids));
  }

  /** The informer shows the pod without its finalizer, or no more; or it was not taken after all. */
  observed(key: string, uid: string): void {
    const uids = this.expected.get(key);
    if (uids?.delete(uid) && uids.size === 0) this.expected.delete(key);
  }

  forget(key: string): void {
    this.expected.delete(key);
  }
}
