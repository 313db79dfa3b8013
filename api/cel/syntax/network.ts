import { type Element, grammar, type RuleName } from './grammar.ts';
import type { TokenType } from './lexer.ts';

/** A point within a rule, and where a parser can go from there. */
export interface State {
  /** How the parser recovers when a token does not fit here. */
  kind: 'basic' | 'block' | 'loop' | 'ruleStop';
  readonly rule: RuleName;
  readonly transitions: Transition[];
}

export type Transition =
  | { readonly kind: 'free'; readonly target: State }
  | { readonly kind: 'token'; readonly types: readonly TokenType[]; readonly target: State }
  | { readonly kind: 'rule'; readonly rule: RuleName; readonly precedence: number; readonly target: State }
  | { readonly kind: 'precedence'; readonly level: number; readonly target: State };

/** An element of a rule with the states that the parser is in while it works on it. */
export interface Step {
  readonly element: Element;
  readonly enter: State;
  /** Of loops: where it is decided whether another round comes. */
  readonly again?: State;
  readonly parts: readonly Step[];
}

export interface RuleNetwork {
  readonly start: State;
  readonly step: Step;
}

export interface Network {
  readonly rules: Readonly<Record<RuleName, RuleNetwork>>;
  /** Where the parser can be after a rule, whoever asked for it. */
  readonly follow: ReadonlyMap<RuleName, readonly Follower[]>;
}

export interface Follower {
  readonly state: State;
  /** The rule was asked for as a whole, not as an operand of its own operators. */
  readonly outermost: boolean;
}

/** The states and transitions of the grammar, as ANTLR lays them out. */
export function buildNetwork(): Network {
  const follow = new Map<RuleName, Follower[]>();
  const rules = {} as Record<RuleName, RuleNetwork>;
  for (const name of Object.keys(grammar) as RuleName[]) rules[name] = new Builder(name, follow).rule();
  return { rules, follow };
}

class Builder {
  private readonly name: RuleName;
  private readonly follow: Map<RuleName, Follower[]>;

  constructor(name: RuleName, follow: Map<RuleName, Follower[]>) {
    this.name = name;
    this.follow = follow;
  }

  rule(): RuleNetwork {
    const stop = this.state('ruleStop');
    const step = this.step(grammar[this.name], stop);
    return { start: step.enter, step };
  }

  private state(kind: State['kind'], ...transitions: Transition[]): State {
    return { kind, rule: this.name, transitions };
  }

  /** Builds an element from behind: what comes after it is there already. */
  private step(element: Element, next: State): Step {
    switch (element.kind) {
      case 'token':
        return { element, enter: this.state('basic', { kind: 'token', types: element.types, target: next }), parts: [] };
      case 'precedence':
        return { element, enter: this.state('basic', { kind: 'precedence', level: element.level, target: next }), parts: [] };
      case 'rule': {
        this.follow.set(element.rule, [...(this.follow.get(element.rule) ?? []), { state: next, outermost: element.precedence === 0 }]);
        return {
          element,
          enter: this.state('basic', { kind: 'rule', rule: element.rule, precedence: element.precedence, target: next }),
          parts: [],
        };
      }
      case 'sequence': {
        const parts: Step[] = [];
        let after = next;
        for (const part of [...element.parts].reverse()) {
          const step = this.step(part, after);
          parts.unshift(step);
          after = step.enter;
        }
        return { element, enter: after, parts };
      }
      case 'choice': {
        const parts = element.alternatives.map((alternative) => this.step(alternative, next));
        return { element, enter: this.state('block', ...parts.map((part) => free(part.enter))), parts };
      }
      case 'optional': {
        const part = this.step(element.part, next);
        return { element, enter: this.state('block', free(part.enter), free(next)), parts: [part] };
      }
      case 'star': {
        const entry = this.state('block');
        const again = this.state('loop', free(entry));
        const part = this.step(element.part, again);
        entry.transitions.push(free(part.enter), free(next));
        return { element, enter: entry, again, parts: [part] };
      }
      case 'plus': {
        const again = this.state('loop');
        const part = this.step(element.part, again);
        const enter = this.state('block', free(part.enter));
        again.transitions.push(free(enter), free(next));
        return { element, enter, again, parts: [part] };
      }
    }
  }
}

function free(target: State): Transition {
  return { kind: 'free', target };
}
