import { CommanderError, InvalidArgumentError, type Command as Program } from 'commander';

/* What the commands have in common: how they are read, and how they fail. */

/** The command line was wrong (or asked for help, with exit code 0): `text` is for the user. */
export class UsageError extends Error {
  readonly exitCode: number;
  constructor(text: string, exitCode: number) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** A command whose output is collected. */
export function configured(command: Program, write: (text: string) => void): Program {
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ writeOut: write, writeErr: write })
    .showHelpAfterError("Run 'orrery up --help' for all flags.");
}

/**
 * @param output what the program has written until it failed
 * @throws UsageError
 */
export function parse(program: Program, args: readonly string[], output: () => string): void {
  try {
    program.parse(args as string[], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, output());
    throw error;
  }
}

function usageError({ exitCode, message }: CommanderError, output: string): UsageError {
  if (exitCode === 0) return new UsageError(output, 0);
  const text = (output || message)
    .replace(/^error: /, '')
    .trim()
    .replace(/\.?\s*\n/g, '. ');
  return new UsageError(`orrery: ${text}`, 2);
}

export function trueOrFalse(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('Give true or false.');
  return text === 'true';
}

/** The values of a flag, with commas between. */
export function list(text: string): string[] {
  const values = text.split(',').map((value) => value.trim());
  if (values.includes('')) throw new InvalidArgumentError('Give values with commas between them.');
  return values;
}
