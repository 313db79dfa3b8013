/** A piece of a word: literal text, or what the shell puts in its place. What is quoted is not split into fields. */
export type Part =
  | { readonly type: 'text'; readonly text: string; readonly quoted: boolean }
  /** `$name`, `${name}` and `${name:-word}` (also `=`, `+`, `?`; `colon` says that an empty value counts as none). */
  | {
      readonly type: 'variable';
      readonly name: string;
      readonly quoted: boolean;
      readonly operator?: string;
      readonly colon?: boolean;
      readonly word?: Word;
    }
  | { readonly type: 'command'; readonly body: List; readonly quoted: boolean }
  | { readonly type: 'arithmetic'; readonly expression: Word; readonly quoted: boolean };

export type Word = readonly Part[];

export interface Redirect {
  readonly descriptor: number;
  readonly operator: '<' | '>' | '>>' | '>&';
  readonly target: Word;
}

export type Command =
  | { readonly type: 'simple'; readonly assignments: readonly (readonly [name: string, value: Word])[]; readonly words: readonly Word[] }
  | { readonly type: 'if'; readonly clauses: readonly (readonly [condition: List, body: List])[]; readonly otherwise?: List }
  | { readonly type: 'loop'; readonly until: boolean; readonly condition: List; readonly body: List }
  | { readonly type: 'for'; readonly variable: string; readonly words: readonly Word[] | undefined; readonly body: List }
  | { readonly type: 'case'; readonly word: Word; readonly arms: readonly (readonly [patterns: readonly Word[], body: List])[] }
  | { readonly type: 'group'; readonly body: List; readonly subshell: boolean }
  | { readonly type: 'function'; readonly name: string; readonly body: Redirected };

export interface Redirected {
  readonly command: Command;
  readonly redirects: readonly Redirect[];
}

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Redirected[];
}

export interface Sequence {
  readonly pipelines: readonly (readonly [operator: '' | '&&' | '||', pipeline: Pipeline])[];
  readonly background: boolean;
}

export type List = readonly Sequence[];

/** A word of literal text, such as one of a container's command. */
export function literal(text: string): Word {
  return [{ type: 'text', text, quoted: true }];
}
