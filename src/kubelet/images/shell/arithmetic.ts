import { NotEmulated } from '../not-emulated.ts';

const precedence: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!='], ['<=', '>=', '<', '>'], ['+', '-'], ['*', '/', '%']];

const apply: Readonly<Record<string, (a: number, b: number) => number>> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
};

/**
 * The value of an integer expression as in `$(( ))`.
 * @param value of a variable, by name
 * @throws NotEmulated at what it does not know, such as assignments
 */
export function evaluate(expression: string, value: (name: string) => number): number {
  const tokens = expression.match(/\d+|[A-Za-z_]\w*|\|\||&&|[=!<>]=|[-+*/%()<>!]|\S/g) ?? [];
  let at = 0;

  function operand(): number {
    const token = tokens[at++];
    if (token === undefined) return 0;
    if (/^\d/.test(token)) return Number(token);
    if (/^\w/.test(token)) return value(token);
    if (token === '-') return -operand();
    if (token === '+') return operand();
    if (token === '!') return Number(operand() === 0);
    if (token !== '(') throw new NotEmulated(`$((${expression}))`);
    const inner = level(0);
    if (tokens[at++] !== ')') throw new NotEmulated(`$((${expression}))`);
    return inner;
  }

  function level(depth: number): number {
    const operators = precedence[depth];
    if (!operators) return operand();
    let left = level(depth + 1);
    for (let operator = tokens[at]; operator !== undefined && operators.includes(operator); operator = tokens[at]) {
      at++;
      left = apply[operator]!(left, level(depth + 1));
    }
    return left;
  }

  const result = level(0);
  if (at < tokens.length || !Number.isFinite(result)) throw new NotEmulated(`$((${expression}))`);
  return result;
}
