import type { TokenType } from './lexer.ts';

export type RuleName =
  | 'start'
  | 'expr'
  | 'conditionalOr'
  | 'conditionalAnd'
  | 'relation'
  | 'calc'
  | 'unary'
  | 'member'
  | 'primary'
  | 'exprList'
  | 'listInit'
  | 'fieldInitializerList'
  | 'optField'
  | 'mapInitializerList'
  | 'escapeIdent'
  | 'optExpr'
  | 'literal';

/**
 * CEL's grammar as ANTLR works with it, for the words of syntax errors: left recursion is a loop whose branches hold only up to a precedence.
 * `predicted` decisions look ahead as far as they need, the others at one token.
 */
export type Element =
  | { readonly kind: 'token'; readonly types: readonly TokenType[] }
  | { readonly kind: 'rule'; readonly rule: RuleName; readonly precedence: number }
  | { readonly kind: 'sequence'; readonly parts: readonly Element[] }
  | { readonly kind: 'choice'; readonly alternatives: readonly Element[]; readonly predicted: boolean }
  | { readonly kind: 'optional'; readonly part: Element }
  | { readonly kind: 'star'; readonly part: Element; readonly predicted: boolean }
  | { readonly kind: 'plus'; readonly part: Element; readonly predicted: boolean }
  | { readonly kind: 'precedence'; readonly level: number };

const token = (...types: TokenType[]): Element => ({ kind: 'token', types });
const rule = (name: RuleName, precedence = 0): Element => ({ kind: 'rule', rule: name, precedence });
const sequence = (...parts: Element[]): Element => ({ kind: 'sequence', parts });
const choice = (...alternatives: Element[]): Element => ({ kind: 'choice', alternatives, predicted: true });
const optional = (...parts: Element[]): Element => ({ kind: 'optional', part: sequence(...parts) });
const star = (predicted: boolean, ...parts: Element[]): Element => ({ kind: 'star', part: sequence(...parts), predicted });
const plus = (predicted: boolean, ...parts: Element[]): Element => ({ kind: 'plus', part: sequence(...parts), predicted });
const upTo = (level: number): Element => ({ kind: 'precedence', level });

export const grammar: Readonly<Record<RuleName, Element>> = {
  start: sequence(rule('expr'), token('EOF')),
  expr: sequence(rule('conditionalOr'), optional(token('?'), rule('conditionalOr'), token(':'), rule('expr'))),
  conditionalOr: sequence(rule('conditionalAnd'), star(false, token('||'), rule('conditionalAnd'))),
  conditionalAnd: sequence(rule('relation'), star(false, token('&&'), rule('relation'))),
  relation: sequence(rule('calc'), star(true, upTo(1), token('<', '<=', '>=', '>', '==', '!=', 'in'), rule('relation', 2))),
  calc: sequence(
    rule('unary'),
    star(true, choice(sequence(upTo(2), token('*', '/', '%'), rule('calc', 3)), sequence(upTo(1), token('+', '-'), rule('calc', 2)))),
  ),
  unary: choice(rule('member'), sequence(plus(false, token('!')), rule('member')), sequence(plus(true, token('-')), rule('member'))),
  member: sequence(
    rule('primary'),
    star(
      true,
      choice(
        sequence(upTo(3), token('.'), optional(token('?')), rule('escapeIdent')),
        sequence(upTo(2), token('.'), token('IDENTIFIER'), token('('), optional(rule('exprList')), token(')')),
        sequence(upTo(1), token('['), optional(token('?')), rule('expr'), token(']')),
      ),
    ),
  ),
  primary: choice(
    sequence(optional(token('.')), token('IDENTIFIER')),
    sequence(optional(token('.')), token('IDENTIFIER'), token('('), optional(rule('exprList')), token(')')),
    sequence(token('('), rule('expr'), token(')')),
    sequence(token('['), optional(rule('listInit')), optional(token(',')), token(']')),
    sequence(token('{'), optional(rule('mapInitializerList')), optional(token(',')), token('}')),
    sequence(
      optional(token('.')),
      token('IDENTIFIER'),
      star(false, token('.'), token('IDENTIFIER')),
      token('{'),
      optional(rule('fieldInitializerList')),
      optional(token(',')),
      token('}'),
    ),
    rule('literal'),
  ),
  exprList: sequence(rule('expr'), star(false, token(','), rule('expr'))),
  listInit: sequence(rule('optExpr'), star(true, token(','), rule('optExpr'))),
  fieldInitializerList: sequence(
    rule('optField'),
    token(':'),
    rule('expr'),
    star(true, token(','), rule('optField'), token(':'), rule('expr')),
  ),
  optField: sequence(optional(token('?')), rule('escapeIdent')),
  mapInitializerList: sequence(
    rule('optExpr'),
    token(':'),
    rule('expr'),
    star(true, token(','), rule('optExpr'), token(':'), rule('expr')),
  ),
  escapeIdent: { kind: 'choice', alternatives: [token('IDENTIFIER'), token('ESC_IDENTIFIER')], predicted: false },
  optExpr: sequence(optional(token('?')), rule('expr')),
  literal: choice(
    sequence(optional(token('-')), token('NUM_INT')),
    token('NUM_UINT'),
    sequence(optional(token('-')), token('NUM_FLOAT')),
    token('STRING'),
    token('BYTES'),
    token('true'),
    token('false'),
    token('null'),
  ),
};
