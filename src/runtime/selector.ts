/** metav1.LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

export interface Selector {
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
  /** Has no requirement: matches everything. */
  readonly isEmpty: boolean;
}

const nothing: Selector = { matches: () => false, isEmpty: false };

/** An absent selector matches nothing, an empty one everything. @throws Error for an operator that is not known */
export function selectorOf(selector: LabelSelector | undefined): Selector {
  if (!selector) return nothing;
  const equal = Object.entries(selector.matchLabels ?? {});
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const set = new Set(values);
    switch (operator) {
      case 'In':
        return (labels: Readonly<Record<string, string>>) => labels[key] !== undefined && set.has(labels[key]);
      case 'NotIn':
        return (labels: Readonly<Record<string, string>>) => labels[key] === undefined || !set.has(labels[key]);
      case 'Exists':
        return (labels: Readonly<Record<string, string>>) => labels[key] !== undefined;
      case 'DoesNotExist':
        return (labels: Readonly<Record<string, string>>) => labels[key] === undefined;
      default:
        throw new Error(`"${operator}" is not a valid label selector operator`);
    }
  });
  return {
    isEmpty: equal.length === 0 && expressions.length === 0,
    matches(labels = {}) {
      for (const [key, value] of equal) if (labels[key] !== value) return false;
      for (const expression of expressions) if (!expression(labels)) return false;
      return true;
    },
  };
}

/** A plain map as a selector: absent or empty matches nothing where `emptyMatches` is false. */
export function selectorOfMap(labels: Readonly<Record<string, string>> | undefined): Selector {
  return selectorOf({ matchLabels: labels ?? {} });
}
