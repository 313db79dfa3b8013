import { sharedAbortController } from '../machinery/abort.ts';
import { UsageError } from './command-line.ts';
import { UserError } from './errors.ts';

/** Aborted by SIGINT and SIGTERM. */
export function interruption(): AbortController {
  const ending = sharedAbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => ending.abort());
  return ending;
}

/**
 * Tells the user why the process ends.
 * @param known what one line says of an error; undefined where its stack is needed
 * @returns the exit code
 */
export function explain(error: unknown, known: (error: unknown) => string | undefined = () => undefined): number {
  if (error instanceof UsageError) {
    (error.exitCode === 0 ? process.stdout : process.stderr).write(`${error.message.trimEnd()}\n`);
    return error.exitCode;
  }
  const line = error instanceof UserError ? error.message : known(error);
  process.stderr.write(`orrery: ${line ?? (error as Error)?.stack ?? error}\n`);
  return 1;
}
