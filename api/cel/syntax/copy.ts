import type { Expression } from './ast.ts';

/** The same expression with new ids at the same places. */
export function copyExpression(expression: Expression, nextId: () => number): Expression {
  const copy = (part: Expression) => copyExpression(part, nextId);
  const id = nextId();
  switch (expression.kind) {
    case 'select':
      return { ...expression, id, operand: copy(expression.operand) };
    case 'call':
      return { ...expression, id, target: expression.target && copy(expression.target), args: expression.args.map(copy) };
    case 'list':
      return { ...expression, id, elements: expression.elements.map(copy) };
    case 'map': {
      const entries = expression.entries.map((entry) => ({ ...entry, id: nextId(), key: copy(entry.key), value: copy(entry.value) }));
      return { ...expression, id, entries };
    }
    case 'struct':
      return { ...expression, id, fields: expression.fields.map((field) => ({ ...field, id: nextId(), value: copy(field.value) })) };
    case 'comprehension':
      return {
        ...expression,
        id,
        range: copy(expression.range),
        initial: copy(expression.initial),
        condition: copy(expression.condition),
        step: copy(expression.step),
        result: copy(expression.result),
      };
    default:
      return { ...expression, id };
  }
}
