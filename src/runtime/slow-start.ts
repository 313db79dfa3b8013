// Whoever wants more at once gets them one batch after the other.
const largestBatch = 500;

/**
 * Runs `count` actions in batches that double from one, each batch at once; after a batch with a failure no further one is begun, so that a
 * quota refuses one creation rather than a thousand. Returns how many succeeded, and the first failure.
 */
export async function slowStart(
  count: number,
  action: (index: number) => Promise<void>,
): Promise<{ succeeded: number; failure?: unknown }> {
  let succeeded = 0;
  let begun = 0;
  for (let size = Math.min(1, count); size > 0; size = Math.min(2 * size, count - begun, largestBatch)) {
    const first = begun;
    begun += size;
    const results = await Promise.allSettled(Array.from({ length: size }, (_, i) => action(first + i)));
    const failed = results.find((result) => result.status === 'rejected');
    succeeded += results.filter((result) => result.status === 'fulfilled').length;
    if (failed) return { succeeded, failure: failed.reason };
  }
  return { succeeded };
}
