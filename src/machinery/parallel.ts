/** Works on all items, some at a time; after a failure nothing more is begun. @throws what the first failing work threw */
export async function inParallel<T>(items: readonly T[], workers: number, work: (item: T) => Promise<void> | void): Promise<void> {
  let next = 0;
  let failed = false;
  const run = async () => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, items.length) }, run));
}
