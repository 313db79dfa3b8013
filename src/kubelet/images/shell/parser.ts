import { NotEmulated } from '../not-emulated.ts';
import {
  type Command,
  type List,
  literal,
  type Part,
  type Pipeline,
  type Redirect,
  type Redirected,
  type Sequence,
  type Word,
} from './syntax.ts';

const endsOfLists = new Set(['then', 'fi', 'do', 'done', 'else', 'elif', 'esac', '}', ')', ';;']);
const operatorsOfVariables = ['-', '=', '+', '?', '##', '#', '%%', '%'];

/**
 * Reads a script of the POSIX shell.
 * @throws NotEmulated at what this reader does not know (here-documents, arrays, process substitution)
 * @throws ScriptError at what no shell would take
 */
export function parseScript(text: string): List {
  return new Parser(text).script();
}

/** The text is no script. */
export class ScriptError extends Error {
  /** It could become one if it went on. */
  readonly atEnd: boolean;

  constructor(message: string, atEnd = false) {
    super(message);
    this.atEnd = atEnd;
  }
}

class Parser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  script(): List {
    const list = this.list();
    this.skip(true);
    if (this.at < this.text.length) throw new ScriptError(`syntax error: unexpected "${this.text.slice(this.at).split(/\s/)[0]}"`);
    return list;
  }

  private list(): List {
    const sequences: Sequence[] = [];
    for (;;) {
      this.skip(true);
      if (this.at >= this.text.length || endsOfLists.has(this.peekWord())) return sequences;
      sequences.push(this.sequence());
    }
  }

  private sequence(): Sequence {
    const pipelines: ['' | '&&' | '||', Pipeline][] = [['', this.pipeline()]];
    for (;;) {
      this.skip(false);
      const operator = this.text.slice(this.at, this.at + 2);
      if (operator !== '&&' && operator !== '||') break;
      this.at += 2;
      this.skip(true);
      pipelines.push([operator, this.pipeline()]);
    }
    const background = this.text[this.at] === '&';
    if (background || (this.text[this.at] === ';' && this.text[this.at + 1] !== ';')) this.at++;
    return { pipelines, background };
  }

  private pipeline(): Pipeline {
    const negated = this.peekWord() === '!';
    if (negated) this.takeWord();
    const commands = [this.redirected()];
    for (;;) {
      this.skip(false);
      if (this.text[this.at] !== '|' || this.text[this.at + 1] === '|') return { negated, commands };
      this.at++;
      this.skip(true);
      commands.push(this.redirected());
    }
  }

  private redirected(): Redirected {
    this.skip(false);
    const word = this.peekWord();
    const compound = this.compound(word);
    if (!compound) return this.simple();
    const redirects: Redirect[] = [];
    for (let next = this.redirect(); next; next = this.redirect()) redirects.push(next);
    return { command: compound, redirects };
  }

  private compound(word: string): Command | undefined {
    switch (word) {
      case 'if':
        return this.conditional();
      case 'while':
      case 'until': {
        this.takeWord();
        const condition = this.list();
        return { type: 'loop', until: word === 'until', condition, body: this.block('do', 'done') };
      }
      case 'for':
        return this.forLoop();
      case 'case':
        return this.choice();
      case '{':
        return { type: 'group', subshell: false, body: this.block('{', '}') };
      case '(':
        return { type: 'group', subshell: true, body: this.block('(', ')') };
      case '[[':
        return this.bracketTest();
    }
    const named = /^([A-Za-z_]\w*)[ \t]*\([ \t]*\)/.exec(this.text.slice(this.at));
    if (!named) return undefined;
    this.at += named[0].length;
    this.skip(true);
    return { type: 'function', name: named[1]!, body: this.redirected() };
  }

  private conditional(): Command {
    const clauses: [List, List][] = [];
    do {
      this.takeWord(); // `if` or `elif`
      const condition = this.list();
      this.expect('then');
      clauses.push([condition, this.list()]);
    } while (this.peekWord() === 'elif');
    let otherwise: List | undefined;
    if (this.peekWord() === 'else') {
      this.takeWord();
      otherwise = this.list();
    }
    this.expect('fi');
    return { type: 'if', clauses, ...(otherwise ? { otherwise } : {}) };
  }

  private forLoop(): Command {
    this.expect('for');
    this.skip(false);
    const variable = this.takeWord();
    let words: Word[] | undefined;
    this.skip(true);
    if (this.peekWord() === 'in') {
      this.takeWord();
      words = [];
      for (let word = this.word(); word; word = this.word()) words.push(word);
    }
    this.skip(true);
    if (this.text[this.at] === ';') this.at++;
    return { type: 'for', variable, words, body: this.block('do', 'done') };
  }

  private choice(): Command {
    this.expect('case');
    const word = this.word();
    if (!word) throw new ScriptError('syntax error: case without a word');
    this.expect('in');
    const arms: [Word[], List][] = [];
    for (;;) {
      this.skip(true);
      if (this.peekWord() === 'esac') break;
      if (this.text[this.at] === '(') this.at++;
      const patterns: Word[] = [];
      for (;;) {
        const pattern = this.word();
        if (!pattern) throw new ScriptError('syntax error: case without a pattern');
        patterns.push(pattern);
        this.skip(false);
        const next = this.text[this.at++];
        if (next === ')') break;
        if (next !== '|') throw new ScriptError('syntax error in a pattern of case');
      }
      arms.push([patterns, this.list()]);
      if (this.text.startsWith(';;', this.at)) this.at += 2;
    }
    this.expect('esac');
    return { type: 'case', word, arms };
  }

  // `[[ a && b ]]` is `[` with other words for -a and -o.
  private bracketTest(): Command {
    this.takeWord();
    const words: Word[] = [literal('[')];
    for (;;) {
      this.skip(true);
      const two = this.text.slice(this.at, this.at + 2);
      if (two === ']]') break;
      if (two === '&&' || two === '||') {
        words.push(literal(two === '&&' ? '-a' : '-o'));
        this.at += 2;
        continue;
      }
      const word = this.word();
      if (!word) throw new NotEmulated('an expression in [[ ]]');
      words.push(word);
    }
    this.at += 2;
    return { type: 'simple', assignments: [], words: [...words, literal(']')] };
  }

  private block(begin: string, end: string): List {
    this.skip(true);
    this.expect(begin);
    const list = this.list();
    this.expect(end);
    return list;
  }

  private simple(): Redirected {
    const assignments: [string, Word][] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      this.skip(false);
      const redirect = this.redirect();
      if (redirect) {
        redirects.push(redirect);
        continue;
      }
      const assigned = words.length === 0 ? /^([A-Za-z_]\w*)=/.exec(this.text.slice(this.at)) : null;
      if (assigned) {
        this.at += assigned[0].length;
        assignments.push([assigned[1]!, this.word() ?? []]);
        continue;
      }
      const word = this.word();
      if (!word) break;
      words.push(word);
    }
    if (words.length + assignments.length + redirects.length === 0) {
      throw new ScriptError(`syntax error: unexpected "${this.text[this.at] ?? 'end of file'}"`, this.at >= this.text.length);
    }
    return { command: { type: 'simple', assignments, words }, redirects };
  }

  private redirect(): Redirect | undefined {
    this.skip(false);
    const found = /^(\d?)(>>|>&|<<|<\(|>\(|<|>)/.exec(this.text.slice(this.at));
    if (!found) return undefined;
    const operator = found[2]!;
    if (operator.startsWith('<<') || operator.endsWith('(')) throw new NotEmulated(operator);
    this.at += found[0].length;
    const target = this.word();
    if (!target) throw new ScriptError('syntax error: redirection to nothing');
    const descriptor = found[1] ? Number(found[1]) : operator === '<' ? 0 : 1;
    return { descriptor, operator: operator as Redirect['operator'], target };
  }

  /** A word, or undefined where none begins. */
  private word(): Word | undefined {
    this.skip(false);
    const parts: Part[] = [];
    let text = '';
    let begun = false;
    const flush = (quoted: boolean) => {
      if (text !== '' || quoted) parts.push({ type: 'text', text, quoted });
      text = '';
    };
    for (; this.at < this.text.length; begun = true) {
      const char = this.text[this.at]!;
      if (/[\s;&|<>()]/.test(char)) break;
      if (char === '\\') {
        if (this.text[this.at + 1] !== '\n') {
          flush(false);
          parts.push({ type: 'text', text: this.text[this.at + 1] ?? '', quoted: true });
        }
        this.at += 2;
      } else if (char === "'") {
        flush(false);
        const end = this.text.indexOf("'", this.at + 1);
        if (end < 0) throw new ScriptError('syntax error: unterminated quoted string', true);
        text = this.text.slice(this.at + 1, end);
        this.at = end + 1;
        flush(true);
      } else if (char === '"') {
        flush(false);
        this.at++;
        parts.push(...this.quoted('"'));
      } else if (char === '$' || char === '`') {
        flush(false);
        parts.push(this.expansion(false));
      } else {
        text += char;
        this.at++;
      }
    }
    flush(false);
    return begun ? parts : undefined;
  }

  // What stands between double quotes, up to and with the closing one.
  private quoted(end: string): Part[] {
    const parts: Part[] = [];
    let text = '';
    const flush = () => {
      parts.push({ type: 'text', text, quoted: true });
      text = '';
    };
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) throw new ScriptError('syntax error: unterminated quoted string', true);
      if (char === end) {
        this.at++;
        flush();
        return parts;
      }
      if (char === '\\' && /[$`"\\\n]/.test(this.text[this.at + 1] ?? '')) {
        if (this.text[this.at + 1] !== '\n') text += this.text[this.at + 1];
        this.at += 2;
      } else if (char === '$' || char === '`') {
        flush();
        parts.push(this.expansion(true));
      } else {
        text += char;
        this.at++;
      }
    }
  }

  private expansion(quoted: boolean): Part {
    if (this.text[this.at] === '`') {
      const end = this.text.indexOf('`', this.at + 1);
      if (end < 0) throw new ScriptError('syntax error: unterminated backquote', true);
      const body = new Parser(this.text.slice(this.at + 1, end)).script();
      this.at = end + 1;
      return { type: 'command', body, quoted };
    }
    const rest = this.text.slice(this.at);
    if (rest.startsWith('$((')) {
      this.at += 3;
      const expression = new Parser(this.until('))')).wholeWord();
      return { type: 'arithmetic', expression, quoted };
    }
    if (rest.startsWith('$(')) {
      this.at += 2;
      const body = this.list();
      this.expect(')');
      return { type: 'command', body, quoted };
    }
    if (rest.startsWith('${')) return this.braced(quoted);
    const name = /^\$([A-Za-z_]\w*|[0-9?$!#@*-])/.exec(rest)?.[1];
    if (name === undefined) {
      this.at++;
      return { type: 'text', text: '$', quoted };
    }
    this.at += name.length + 1;
    return { type: 'variable', name, quoted };
  }

  private braced(quoted: boolean): Part {
    const found = /^\$\{(#?)([A-Za-z_]\w*|\d+|[?$!#@*-])(:?)/.exec(this.text.slice(this.at));
    if (!found) throw new NotEmulated('this form of braces');
    const [whole, length, name, colon] = found as unknown as [string, string, string, string];
    this.at += whole.length;
    if (this.text[this.at] === '}') {
      this.at++;
      return { type: 'variable', name, quoted, ...(length ? { operator: 'length' } : {}) };
    }
    const operator = operatorsOfVariables.find((candidate) => this.text.startsWith(candidate, this.at));
    if (!operator) throw new NotEmulated('this form of braces');
    this.at += operator.length;
    const word = this.quoted('}').map((part) => (part.type === 'text' ? { ...part, quoted } : part));
    return { type: 'variable', name, quoted, operator, colon: colon === ':', word };
  }

  /** All of the text as one word, whose expansions count and whose spaces do not separate. */
  wholeWord(): Word {
    const parts: Part[] = [];
    while (this.at < this.text.length) {
      if (this.text[this.at] === '$' && /[A-Za-z_{(0-9?#]/.test(this.text[this.at + 1] ?? '')) parts.push(this.expansion(true));
      else parts.push({ type: 'text', text: this.text[this.at++]!, quoted: true });
    }
    return parts;
  }

  private until(end: string): string {
    const begin = this.at;
    let depth = 0;
    for (; this.at < this.text.length; this.at++) {
      if (depth === 0 && this.text.startsWith(end, this.at)) {
        this.at += end.length;
        return this.text.slice(begin, this.at - end.length);
      }
      if (this.text[this.at] === '(') depth++;
      if (this.text[this.at] === ')') depth--;
    }
    throw new ScriptError(`syntax error: missing "${end}"`, true);
  }

  private peekWord(): string {
    const found = /^(;;|[()]|[^\s;&|<>()]+)/.exec(this.text.slice(this.at));
    return found?.[0] ?? '';
  }

  private takeWord(): string {
    const word = this.peekWord();
    this.at += word.length;
    return word;
  }

  private expect(word: string): void {
    this.skip(true);
    const found = this.peekWord();
    if (!found.startsWith(word) || (/\w/.test(word) && found !== word))
      throw new ScriptError(`syntax error: expected "${word}"`, found === '');
    this.at += word.length;
  }

  /** Passes over blanks and comments, and over the ends of lines where they mean nothing. */
  private skip(lines: boolean): void {
    for (;;) {
      const found = (lines ? /^(\s|\\\n|#[^\n]*)+/ : /^([ \t]|\\\n|#[^\n]*)+/).exec(this.text.slice(this.at));
      if (!found) return;
      this.at += found[0].length;
    }
  }
}
