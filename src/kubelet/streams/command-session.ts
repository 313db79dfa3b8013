import type { Readable, Writable } from 'node:stream';
import type { Clock, Timer } from '../../machinery/clock.ts';
import { Input } from '../images/input.ts';
import { NotEmulated } from '../images/not-emulated.ts';
import type { Process } from '../images/process.ts';
import { type ShellWorld, startCommand } from '../images/shell/shell.ts';
import { Terminal } from '../images/terminal.ts';

/** What a client is connected with; absent: it did not ask for that. */
export interface CommandStreams {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** What a program that goes beyond the emulation ends with, and one that is killed. */
const beyond = 126;
const killed = 137;

export interface Session {
  /** Resolves to the exit code. */
  readonly done: Promise<number>;
  /** Its container has ended. */
  kill(): void;
}

/**
 * Runs a command in a container beside its own program, connected with a client.
 * @param tty on a terminal
 */
export function runCommand(
  command: readonly string[],
  inside: Omit<ShellWorld, 'output'>,
  tty: boolean,
  { stdin, stdout, stderr, signal }: CommandStreams,
  clock: Clock,
): Session {
  const input = stdin ? Input.open() : Input.of('');
  const write = (target: Writable | undefined) => (text: string) => void (target && !target.destroyed && target.write(text, 'latin1'));
  const terminal = tty ? new Terminal(input, write(stdout)) : undefined;
  const print = { stdout: write(stdout), stderr: write(stderr) };
  let process: Process;
  let timer: Timer | undefined;
  let finish: (code: number) => void = () => {};
  const done = new Promise<number>((resolve) => {
    finish = (code) => {
      timer?.cancel();
      resolve(code);
    };
  });
  const guarded = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof NotEmulated)) throw error;
      const text = `orrery: ${error.message}\n`;
      if (terminal) terminal.print(text, clock.now());
      else print.stderr(text);
      finish(beyond);
    }
  };
  const step = () => {
    timer?.cancel();
    guarded(() => process.advance(clock.now()));
    if (process.exitCode !== undefined) return finish(process.exitCode);
    if (process.due < Number.POSITIVE_INFINITY) timer = clock.timer(Math.max(0, process.due - clock.now()), step, { background: true });
  };
  const world: ShellWorld = {
    ...inside,
    ...(tty ? { env: new Map([...inside.env, ['TERM', 'xterm']]), terminal: true } : {}),
    input,
    unknownFails: true,
    output: (text, time, stream) => (terminal ? terminal.print(text, time) : print[stream](text)),
  };
  process = startCommand(command, world, clock.now(), false);
  stdin?.on('data', (bytes: Buffer) => {
    const text = bytes.toString('latin1');
    if (!terminal) input.write(text, clock.now());
    else if (terminal.type(text, clock.now())) guarded(() => process.interrupt(clock.now()));
    step();
  });
  stdin?.once('end', () => {
    input.end(clock.now());
    step();
  });
  const kill = () => {
    process.signal('KILL', clock.now());
    finish(killed);
  };
  if (signal.aborted) kill();
  else {
    signal.addEventListener('abort', kill, { once: true });
    step();
  }
  return { done, kill };
}
