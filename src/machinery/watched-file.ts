import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/**
 * Calls back with a file's new text whenever it has changed: written in place, or replaced (as by a rename, or by the link of a mounted volume).
 * One call at a time.
 * @param known the text that is known already
 * @param failed told of a file that cannot be read
 */
export function watchFile(
  file: string,
  known: string,
  changed: (text: string) => Promise<void> | void,
  failed: (error: Error) => void,
  signal: AbortSignal,
): void {
  let text = known;
  let running = false;
  let again = false;
  const look = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      try {
        const now = await readFile(file, 'utf8');
        // A file that is just being written is empty for a moment.
        if (now !== text && now !== '' && !signal.aborted) {
          text = now;
          await changed(now);
        }
      } catch (error) {
        if (!signal.aborted) failed(error as Error);
      }
    } while (again && !signal.aborted);
    running = false;
  };
  // The folder is watched, as a file that takes the place of another is a new one. Linked names change without a word about the file itself.
  const watcher: FSWatcher = watch(dirname(file), { persistent: false }, (_event, name) => {
    if (name === null || name === basename(file) || name.startsWith('..')) void look();
  });
  watcher.on('error', failed);
  signal.addEventListener('abort', () => watcher.close(), { once: true });
  // What was written between the reading and the watch.
  void look();
}
