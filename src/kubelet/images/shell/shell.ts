import type { Random } from '../../../machinery/random.ts';
import { baseName } from '../command-line.ts';
import { absolutePath, bytesOf, type ContainerFiles, FileError } from '../files.ts';
import { Input } from '../input.ts';
import { NotEmulated } from '../not-emulated.ts';
import { Interrupted, type Pause, Process, type Run, type Signal, type Task } from '../process.ts';
import { evaluate } from './arithmetic.ts';
import { parseScript, ScriptError } from './parser.ts';
import type { Command, List, Part, Pipeline, Redirect, Redirected, Sequence, Word } from './syntax.ts';
import { type User, type Utility, utilities } from './utilities.ts';

/** What a shell is started in. */
export interface ShellWorld {
  readonly env: ReadonlyMap<string, string>;
  readonly files: ContainerFiles;
  readonly folder: string;
  readonly random: Random;
  /** Programs of the image's own: by name, or by that and their first argument. */
  readonly programs?: Readonly<Record<string, Utility>>;
  /** Default: root. */
  readonly user?: User;
  /** Standard input of the first program; absent: there is none. */
  readonly input?: Input;
  /** A terminal, on which a shell without a script asks for commands. */
  readonly terminal?: boolean;
  /** Programs that no emulator knows are not found, as in an image that has none; default: they are more than is emulated. */
  readonly unknownFails?: boolean;
  /** Takes what the programs print, with the time at which they did. */
  output(text: string, time: number, stream: 'stdout' | 'stderr'): void;
}

const root: User = { uid: 0, gid: 0, groups: [] };
const shells = new Set(['sh', 'bash', 'ash', 'dash']);
/** What `program` does itself. */
const builtIns: ReadonlySet<string> = new Set([
  ...['break', 'cd', 'command', 'continue', 'eval', 'exec', 'exit', 'export', 'local', 'pwd', 'read', 'readonly', 'return', 'set', 'shift'],
  ...['trap', 'unset', 'wait'],
]);

/** Whether a container's command is one that `startCommand` knows. @param programs what the image has of its own */
export function isKnownCommand(command: readonly string[], programs: ShellWorld['programs'] = {}): boolean {
  const name = programName(command[0] ?? '');
  return shells.has(name) || name in utilities || ownProgram(command, programs) !== undefined;
}

function ownProgram([path = '', subcommand = '']: readonly string[], programs: ShellWorld['programs'] = {}): Utility | undefined {
  // An image may have a program under several names, with a number behind.
  const name = baseName(path).replace(/-\d+$/, '');
  return programs[`${name} ${subcommand}`] ?? programs[name];
}

/**
 * Starts a command as a container's process, or as one beside it (`first` is false then).
 * @param startedAt milliseconds since the epoch
 */
export function startCommand(command: readonly string[], world: ShellWorld, startedAt: number, first: boolean): Process {
  let shell: Shell | undefined;
  const begin = (process: Process): Run => {
    shell = new Shell(world, process);
    return shell.command(command.map(bytesOf));
  };
  return new Process({ startedAt, first, handles: (signal) => shell!.handles(signal) }, begin);
}

function programName(path: string): string {
  return path.replace(/^(\/usr)?(\/local)?\/s?bin\//, '');
}

interface Streams {
  readonly input: Input;
  out(text: string): void;
  err(text: string): void;
}

class Exit {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

class Leave {
  readonly kind: 'break' | 'continue' | 'return';
  levels: number;
  constructor(kind: 'break' | 'continue' | 'return', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

/** The state of one shell, and how it runs commands: a generator of pauses, as its process wants it. */
class Shell {
  private readonly world: ShellWorld;
  private readonly process: Process;
  private readonly variables: Map<string, string>;
  private readonly exported: Set<string>;
  private readonly functions: Map<string, Redirected>;
  private readonly traps = new Map<string, string>();
  private readonly pending: Signal[] = [];
  private readonly jobs: Task[] = [];
  private parameters: readonly string[] = [];
  private folder: string;
  /** By what name it was started, for its complaints. */
  private name: string;
  private status = 0;
  private errExit = false;
  /** Above zero where a command's failure is looked at. */
  private conditional = 0;

  constructor(world: ShellWorld, process: Process, parent?: Shell) {
    this.world = world;
    this.process = process;
    this.variables = new Map(parent?.variables ?? [...world.env].map(([name, value]) => [name, bytesOf(value)]));
    this.exported = new Set(parent?.exported ?? world.env.keys());
    this.functions = new Map(parent?.functions);
    this.parameters = parent?.parameters ?? [];
    this.folder = parent?.folder ?? world.folder;
    this.name = parent?.name ?? 'sh';
    this.errExit = parent?.errExit ?? false;
  }

  /** Whether a signal has a handler; if so it is due as soon as the running command has ended. */
  handles(signal: Signal): boolean {
    const handler = this.traps.get(signal);
    if (handler === undefined) return false;
    if (handler !== '') this.pending.push(signal);
    return true;
  }

  /** Runs a container's command: a shell with a script, or a utility. */
  *command(command: readonly string[]): Run {
    const { world, process } = this;
    const streams: Streams = {
      input: world.input ?? Input.of(''),
      out: (text) => world.output(text, process.time, 'stdout'),
      err: (text) => world.output(text, process.time, 'stderr'),
    };
    const name = programName(command[0]!);
    if (!shells.has(name)) return yield* this.utility(name, command.slice(1), streams);
    this.name = command[0]!;
    return yield* this.shell(name, command.slice(1), streams);
  }

  private *shell(name: string, args: readonly string[], streams: Streams): Run {
    let at = 0;
    let script: string | undefined;
    for (; /^-[a-z]+$/.test(args[at] ?? ''); at++) {
      const letters = args[at]!.slice(1);
      if (letters.includes('e')) this.errExit = true;
      if (letters.includes('c')) script = args[at + 1] ?? '';
      if (letters === 'o') at++;
      if (/[^ecxulio]/.test(letters)) throw new NotEmulated(`${name} ${args[at]}`);
    }
    if (script !== undefined) this.parameters = args.slice(at + 1);
    else if (args[at] === undefined) return yield* this.interactive(streams);
    else {
      script = this.world.files.read(absolutePath(this.folder, args[at]!));
      this.parameters = args.slice(at + 1);
      if (script === undefined) throw new NotEmulated(`the script ${args[at]}`);
    }
    try {
      yield* this.list(parseScript(script), streams);
      return yield* this.exit(this.status, streams);
    } catch (error) {
      if (error instanceof Exit) return yield* this.exit(error.code, streams);
      if (error instanceof Leave) return this.status;
      if (!(error instanceof ScriptError)) throw error;
      streams.err(`${this.name}: ${error.message}\n`);
      return 2;
    }
  }

  /** Runs commands as they come. */
  private *interactive(streams: Streams): Run {
    const prompt = (text: string) => this.world.terminal && streams.err(text);
    let script = '';
    for (;;) {
      try {
        prompt(script === '' ? `${this.folder} # ` : '> ');
        const line = yield* streams.input.line();
        if (line === undefined) {
          prompt('\n');
          if (script === '') return yield* this.exit(this.status, streams);
        }
        script += line ?? '';
        if (line !== undefined && isUnfinished(script)) continue;
        const whole = script;
        script = '';
        yield* this.list(parseScript(whole), streams);
      } catch (error) {
        script = '';
        if (error instanceof Exit) return yield* this.exit(error.code, streams);
        if (error instanceof Interrupted && this.world.terminal) {
          streams.err('\n');
          this.status = 130;
        } else if (error instanceof ScriptError) {
          streams.err(`${this.name}: ${error.message}\n`);
          this.status = 2;
        } else if (!(error instanceof Leave)) throw error;
      }
    }
  }

  private *exit(code: number, streams: Streams): Run {
    const handler = this.traps.get('EXIT');
    if (!handler) return code;
    this.traps.delete('EXIT');
    try {
      yield* this.list(parseScript(handler), streams);
    } catch (error) {
      if (error instanceof Exit) return error.code;
      throw error;
    }
    return code;
  }

  private *list(list: List, streams: Streams): Generator<Pause, void, void> {
    for (const sequence of list) {
      if (sequence.background) this.background(sequence, streams);
      else yield* this.sequence(sequence, streams);
    }
  }

  private background(sequence: Sequence, streams: Streams): void {
    const child = new Shell(this.world, this.process, this);
    this.jobs.push(this.process.start(child.whole([{ ...sequence, background: false }], { ...streams, input: Input.of('') })));
    this.status = 0;
  }

  /** Runs a list as a shell of its own. */
  private *whole(list: List, streams: Streams): Run {
    try {
      yield* this.list(list, streams);
      return this.status;
    } catch (error) {
      if (error instanceof Exit) return error.code;
      if (error instanceof Leave) return this.status;
      throw error;
    }
  }

  private *sequence({ pipelines }: Sequence, streams: Streams): Generator<Pause, void, void> {
    for (const [index, [operator, pipeline]] of pipelines.entries()) {
      if ((operator === '&&' && this.status !== 0) || (operator === '||' && this.status === 0)) continue;
      const last = index === pipelines.length - 1;
      if (!last) this.conditional++;
      try {
        yield* this.pipeline(pipeline, streams);
      } finally {
        if (!last) this.conditional--;
      }
      if (this.errExit && last && !pipeline.negated && this.conditional === 0 && this.status !== 0) throw new Exit(this.status);
    }
  }

  private *pipeline({ negated, commands }: Pipeline, streams: Streams): Generator<Pause, void, void> {
    let input = streams.input;
    for (const [index, command] of commands.entries()) {
      if (commands.length === 1) {
        yield* this.redirected(command, streams);
        break;
      }
      // Each part has all of its input at once: what the part before it has printed until its end.
      let printed = '';
      const last = index === commands.length - 1;
      const out = last ? streams.out : (text: string) => void (printed += text);
      const part = new Shell(this.world, this.process, this);
      const list = [{ background: false, pipelines: [['', { negated: false, commands: [command] }]] }] as const;
      this.status = yield* part.whole(list, { input, out, err: streams.err });
      input = Input.of(printed);
    }
    if (negated) this.status = this.status === 0 ? 1 : 0;
    yield* this.signals(streams);
  }

  private *signals(streams: Streams): Generator<Pause, void, void> {
    for (let signal = this.pending.shift(); signal; signal = this.pending.shift()) {
      const { status } = this;
      yield* this.list(parseScript(this.traps.get(signal) ?? ''), streams);
      this.status = status;
    }
  }

  private *redirected({ command, redirects }: Redirected, streams: Streams): Generator<Pause, void, void> {
    let effective = streams;
    for (const redirect of redirects) {
      const next = yield* this.redirect(redirect, effective);
      if (!next) return;
      effective = next;
    }
    yield* this.perform(command, effective);
  }

  private *redirect({ descriptor, operator, target }: Redirect, streams: Streams): Generator<Pause, Streams | undefined, void> {
    const { files } = this.world;
    const name = yield* this.text(target, streams);
    if (operator === '>&') {
      const to = name === '1' ? streams.out : name === '2' ? streams.err : () => {};
      return descriptor === 2 ? { ...streams, err: to } : { ...streams, out: to };
    }
    const path = absolutePath(this.folder, name);
    if (operator === '<') {
      const text = path === '/dev/null' ? '' : files.read(path);
      if (text !== undefined) return { ...streams, input: Input.of(text) };
      streams.err(`${this.name}: can't open ${name}: no such file\n`);
      this.status = 1;
      return undefined;
    }
    let write = (more: string) => files.write(path, (files.read(path) ?? '') + more);
    if (path === '/dev/null') write = () => {};
    else if (/^\/dev\/(stdout|stderr|fd\/[12])$|^\/proc\/(1|self)\/fd\/[12]$/.test(path)) write = streams.out;
    else {
      try {
        files.write(path, operator === '>' ? '' : (files.read(path) ?? ''));
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        streams.err(`${this.name}: can't create ${name}: ${error.message}\n`);
        this.status = 1;
        return undefined;
      }
    }
    return descriptor === 2 ? { ...streams, err: write } : { ...streams, out: write };
  }

  private *perform(command: Command, streams: Streams): Generator<Pause, void, void> {
    switch (command.type) {
      case 'simple':
        return yield* this.simple(command, streams);
      case 'if':
        for (const [condition, body] of command.clauses) if (yield* this.holds(condition, streams)) return yield* this.list(body, streams);
        this.status = 0;
        return yield* this.list(command.otherwise ?? [], streams);
      case 'loop':
        return yield* this.loop(command, streams);
      case 'for': {
        const words = command.words ? yield* this.fields(command.words, streams) : this.parameters;
        for (const word of words) {
          this.variables.set(command.variable, word);
          if (yield* this.round(command.body, streams)) return;
        }
        return;
      }
      case 'case': {
        const value = yield* this.text(command.word, streams);
        for (const [patterns, body] of command.arms) {
          for (const pattern of patterns) {
            if (matchesPattern(yield* this.text(pattern, streams), value)) return yield* this.list(body, streams);
          }
        }
        this.status = 0;
        return;
      }
      case 'group':
        if (!command.subshell) return yield* this.list(command.body, streams);
        this.status = yield* new Shell(this.world, this.process, this).whole(command.body, streams);
        return;
      case 'function':
        this.functions.set(command.name, command.body);
        this.status = 0;
    }
  }

  private *loop({ until, condition, body }: Extract<Command, { type: 'loop' }>, streams: Streams): Generator<Pause, void, void> {
    for (let last = Number.NaN, idle = 0; ; ) {
      if ((yield* this.holds(condition, streams)) === until) break;
      if (yield* this.round(body, streams)) break;
      // A loop that never pauses would hold up everybody: it lets a little time pass now and then.
      idle = this.process.time === last ? idle + 1 : 0;
      last = this.process.time;
      if (idle < idleRounds) continue;
      idle = 0;
      yield { for: idlePause };
    }
    this.status = 0;
  }

  /** One round of a loop. @returns whether it was the last */
  private *round(body: List, streams: Streams): Generator<Pause, boolean, void> {
    try {
      yield* this.list(body, streams);
      return false;
    } catch (error) {
      if (!(error instanceof Leave) || error.kind === 'return') throw error;
      if (error.levels > 1) {
        error.levels--;
        throw error;
      }
      return error.kind === 'break';
    }
  }

  private *holds(condition: List, streams: Streams): Generator<Pause, boolean, void> {
    this.conditional++;
    try {
      yield* this.list(condition, streams);
    } finally {
      this.conditional--;
    }
    return this.status === 0;
  }

  private *simple({ assignments, words }: Extract<Command, { type: 'simple' }>, streams: Streams): Generator<Pause, void, void> {
    const [name, ...args] = yield* this.fields(words, streams);
    const before = new Map<string, string | undefined>();
    if (name === undefined) this.status = 0;
    for (const [variable, word] of assignments) {
      before.set(variable, this.variables.get(variable));
      this.variables.set(variable, yield* this.text(word, streams));
    }
    if (name === undefined) return;
    this.status = yield* this.call(name, args, streams, new Set(before.keys()));
    for (const [variable, value] of before) {
      if (value === undefined) this.variables.delete(variable);
      else this.variables.set(variable, value);
    }
  }

  private *call(name: string, args: readonly string[], streams: Streams, local: ReadonlySet<string>): Run {
    const known = this.functions.get(name);
    return known ? yield* this.callFunction(known, args, streams) : yield* this.program(name, args, streams, local);
  }

  private *program(name: string, args: readonly string[], streams: Streams, local: ReadonlySet<string>): Run {
    switch (name) {
      case 'exit':
        throw new Exit(args[0] === undefined ? this.status : Number(args[0]) & 255);
      case 'break':
      case 'continue':
        throw new Leave(name, Number(args[0] ?? 1));
      case 'return':
        this.status = Number(args[0] ?? this.status);
        throw new Leave(name, 1);
      case 'exec':
        if (args.length === 0) return 0;
        this.traps.clear();
        throw new Exit(yield* this.call(args[0]!, args.slice(1), streams, local));
      case 'command':
        if (args[0] === '-v') return this.find(args[1] ?? '', streams);
        return args.length === 0 ? 0 : yield* this.program(args[0]!, args.slice(1), streams, local);
      case 'wait':
        return yield* this.wait();
      case 'read':
        return yield* this.read(args, streams);
      case 'trap':
        return this.trap(args);
      case 'eval':
        yield* this.list(parseScript(args.join(' ')), streams);
        return this.status;
      case 'cd':
        this.folder = absolutePath(this.folder, args[0] ?? this.variables.get('HOME') ?? '/');
        return 0;
      case 'pwd':
        streams.out(`${this.folder}\n`);
        return 0;
      case 'set':
        return this.set(args);
      case 'shift':
        this.parameters = this.parameters.slice(Number(args[0] ?? 1));
        return 0;
      case 'export':
      case 'readonly':
      case 'local':
        return this.declare(args);
      case 'unset':
        for (const variable of args) this.variables.delete(variable);
        return 0;
    }
    if (shells.has(programName(name))) {
      const child = new Shell(this.world, this.process, this);
      return yield* child.shell(programName(name), args, streams);
    }
    return yield* this.utility(programName(name), args, streams, local);
  }

  /** What would run by a name, by which scripts ask whether there is such a program. */
  private find(name: string, streams: Streams): number {
    const program = programName(name);
    const isProgram = shells.has(program) || utilities[program] !== undefined || ownProgram([program], this.world.programs) !== undefined;
    if (!builtIns.has(name) && !this.functions.has(name) && !isProgram) return 127;
    streams.out(`${isProgram && program === name ? '/bin/' : ''}${name}\n`);
    return 0;
  }

  private *callFunction(body: Redirected, args: readonly string[], streams: Streams): Run {
    const { parameters } = this;
    this.parameters = args;
    try {
      yield* this.redirected(body, streams);
    } catch (error) {
      if (!(error instanceof Leave) || error.kind !== 'return') throw error;
    } finally {
      this.parameters = parameters;
    }
    return this.status;
  }

  private *utility(name: string, args: readonly string[], streams: Streams, local?: ReadonlySet<string>): Run {
    const utility = utilities[name] ?? ownProgram([name, ...args], this.world.programs);
    if (!utility) {
      if (!this.world.unknownFails) throw new NotEmulated(name);
      streams.err(`${this.name}: ${name}: not found\n`);
      return 127;
    }
    const env = new Map([...this.variables].filter(([variable]) => this.exported.has(variable) || local?.has(variable)));
    const { files, user = root } = this.world;
    try {
      const result = utility({ name, args, env, files, user, folder: this.folder, now: () => this.process.time, ...streams });
      return typeof result === 'number' ? result : yield* result;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      streams.err(`${name}: ${error.message}\n`);
      return 1;
    }
  }

  private *wait(): Run {
    const children = this.jobs.filter((job) => job.code === undefined);
    if (children.length > 0) yield { children };
    if (this.pending.length > 0) return 143;
    this.jobs.length = 0;
    return 0;
  }

  private *read(args: readonly string[], { input }: Streams): Run {
    const names = args.filter((argument) => !argument.startsWith('-'));
    const line = yield* input.line();
    const words = (line ?? '').trim().split(/[ \t]+/);
    for (const [index, name] of (names.length > 0 ? names : ['REPLY']).entries()) {
      this.variables.set(name, index === names.length - 1 ? words.slice(index).join(' ') : (words[index] ?? ''));
    }
    return line?.endsWith('\n') ? 0 : 1;
  }

  private trap(args: readonly string[]): number {
    const [action, ...conditions] = args[0] === '--' ? args.slice(1) : args;
    for (const condition of conditions) {
      const name = { '15': 'TERM', '2': 'INT', '0': 'EXIT' }[condition] ?? condition.replace(/^SIG/, '');
      if (action === '-' || action === undefined) this.traps.delete(name);
      else this.traps.set(name, action);
    }
    return 0;
  }

  private set(args: readonly string[]): number {
    for (const [index, argument] of args.entries()) {
      if (argument === '--') {
        this.parameters = args.slice(index + 1);
        return 0;
      }
      if (/^-\w*e/.test(argument)) this.errExit = true;
      if (/^\+\w*e/.test(argument)) this.errExit = false;
    }
    return 0;
  }

  private declare(args: readonly string[]): number {
    for (const argument of args) {
      const at = argument.indexOf('=');
      const name = at < 0 ? argument : argument.slice(0, at);
      if (at >= 0) this.variables.set(name, argument.slice(at + 1));
      this.exported.add(name);
    }
    return 0;
  }

  /** Words as a command gets them: expanded, and split where that is not quoted. */
  private *fields(words: readonly Word[], streams: Streams): Generator<Pause, string[], void> {
    const fields: string[] = [];
    for (const word of words) {
      let field: string | undefined;
      for (const part of word) {
        if (part.type === 'variable' && part.quoted && part.name === '@') {
          const [first = '', ...rest] = this.parameters;
          field = (field ?? '') + first;
          for (const parameter of rest) {
            fields.push(field);
            field = parameter;
          }
          if (this.parameters.length === 0 && word.length === 1) field = undefined;
          continue;
        }
        const text = yield* this.part(part, streams);
        if (part.type === 'text' || part.quoted) {
          if (part.type === 'text' && !part.quoted && /[*?[]/.test(text) && text !== '[') throw new NotEmulated('file name patterns');
          field = (field ?? '') + text;
          continue;
        }
        const pieces = text.split(/[ \t\n]+/);
        for (const [index, piece] of pieces.entries()) {
          if (index > 0 && field !== undefined) {
            fields.push(field);
            field = undefined;
          }
          if (piece !== '') field = (field ?? '') + piece;
        }
      }
      if (field !== undefined) fields.push(field);
    }
    return fields;
  }

  private *text(word: Word, streams: Streams): Generator<Pause, string, void> {
    let text = '';
    for (const part of word) text += yield* this.part(part, streams);
    return text;
  }

  private *part(part: Part, streams: Streams): Generator<Pause, string, void> {
    switch (part.type) {
      case 'text':
        return part.text;
      case 'variable':
        return yield* this.variable(part, streams);
      case 'arithmetic': {
        const expression = yield* this.text(part.expression, streams);
        return String(evaluate(expression, (name) => Number(this.value(name) || 0)));
      }
      case 'command': {
        let printed = '';
        const child = new Shell(this.world, this.process, this);
        const out = (text: string) => void (printed += text);
        this.status = yield* child.whole(part.body, { ...streams, out });
        return printed.replace(/\n+$/, '');
      }
    }
  }

  private *variable(part: Extract<Part, { type: 'variable' }>, streams: Streams): Generator<Pause, string, void> {
    const { name, operator, colon, word = [] } = part;
    const value = this.value(name);
    if (operator === 'length') return String((value ?? '').length);
    const absent = value === undefined || (colon && value === '');
    switch (operator) {
      case '-':
        return absent ? yield* this.text(word, streams) : value;
      case '=': {
        if (!absent) return value;
        const text = yield* this.text(word, streams);
        this.variables.set(name, text);
        return text;
      }
      case '+':
        return absent ? '' : yield* this.text(word, streams);
      case '?':
        if (!absent) return value;
        streams.err(`${this.name}: ${name}: ${yield* this.text(word, streams)}\n`);
        throw new Exit(2);
      case undefined:
        return value ?? '';
    }
    const pattern = yield* this.text(word, streams);
    return strip(value ?? '', pattern, operator);
  }

  private value(name: string): string | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? 'sh' : this.parameters[Number(name) - 1];
    switch (name) {
      case '?':
        return String(this.status);
      case '#':
        return String(this.parameters.length);
      case '@':
      case '*':
        return this.parameters.join(' ');
      case '$':
        return '1';
      case '!':
        return String(this.jobs.length + 1);
      case 'RANDOM':
        return String(Math.floor(this.world.random.next() * 32768));
      case 'PWD':
        return this.folder;
    }
    return this.variables.get(name);
  }
}

/** Whether a script may go on in the next line. */
function isUnfinished(script: string): boolean {
  try {
    parseScript(script);
    return false;
  } catch (error) {
    return error instanceof ScriptError && error.atEnd;
  }
}

/** So many rounds of a loop at one moment count as idling, and then it pauses for so many milliseconds. */
const idleRounds = 1_000;
const idlePause = 1_000;

function matchesPattern(pattern: string, text: string): boolean {
  return new RegExp(`^${patternSource(pattern)}$`, 's').test(text);
}

function patternSource(pattern: string): string {
  return pattern
    .replace(/[\\^$.|+(){}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
}

// `${name#pattern}` and its like: the shortest or longest piece at the beginning or the end goes.
function strip(value: string, pattern: string, operator: string): string {
  const sizes = Array.from({ length: value.length + 1 }, (_, size) => size);
  if (operator.length === 2) sizes.reverse();
  for (const size of sizes) {
    if (operator.startsWith('#') && matchesPattern(pattern, value.slice(0, size))) return value.slice(size);
    if (operator.startsWith('%') && matchesPattern(pattern, value.slice(value.length - size))) return value.slice(0, value.length - size);
  }
  return value;
}
