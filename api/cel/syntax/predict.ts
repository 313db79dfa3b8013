import type { Token } from './lexer.ts';
import type { Network, State } from './network.ts';

/** The states to come back to, innermost first; undefined where only the rule's followers are known. */
interface Return {
  readonly state: State;
  readonly parent: Return | undefined;
}

/** One way in which the tokens seen so far can have been read. */
interface Configuration {
  readonly state: State;
  readonly alternative: number;
  readonly returns: Return | undefined;
  /** It has left the rule that asks. */
  readonly outside: boolean;
  /** It has left it for good, not for its own next operator. */
  readonly left: boolean;
}

/** No alternative goes on with the tokens; `at` is the one that fits none. */
export interface NoViableAlternative {
  readonly at: number;
}

// Longer look-ahead decides nothing in sensible expressions.
const maxLookAhead = 1000;

/**
 * Chooses an alternative of a decision by looking ahead: the one that is left when no other fits, or the first of those that fit alike.
 * @param alternatives the states at which they begin
 * @param precedence of the rule that asks
 * @param operators whether it is asked if one more operator of a left-recursive rule follows: then the loop goes on where ending it would
 *   read the same operator
 * @returns the alternative's index
 */
export function predict(
  network: Network,
  alternatives: readonly State[],
  tokens: readonly Token[],
  from: number,
  precedence: number,
  operators: boolean,
): number | NoViableAlternative {
  let current = new Closure(network, precedence);
  alternatives.forEach((state, alternative) => {
    current.add({ state, alternative, returns: undefined, outside: false, left: false });
  });
  if (operators) current.preferLoop();
  for (let at = from; ; at++) {
    const only = current.onlyAlternative();
    if (only !== undefined) return only;
    const token = tokens[at]!;
    const next = new Closure(network, precedence);
    for (const { state, ...rest } of current.configurations) {
      for (const transition of state.transitions) {
        if (transition.kind === 'token' && transition.types.includes(token.type)) next.add({ ...rest, state: transition.target });
      }
    }
    if (next.configurations.length === 0) return current.firstFinished() ?? { at };
    if (at - from > maxLookAhead || token.type === 'EOF') return next.first();
    current = next;
  }
}

class Closure {
  readonly configurations: Configuration[] = [];
  private readonly seen = new Map<State, Configuration[]>();
  private readonly network: Network;
  private readonly precedence: number;

  constructor(network: Network, precedence: number) {
    this.network = network;
    this.precedence = precedence;
  }

  add(configuration: Configuration): void {
    const { state, alternative, returns, outside } = configuration;
    const known = this.seen.get(state) ?? [];
    if (
      known.some(
        (other) =>
          other.alternative === alternative &&
          other.outside === outside &&
          other.left === configuration.left &&
          sameReturns(other.returns, returns),
      )
    )
      return;
    this.seen.set(state, [...known, configuration]);
    if (state.kind === 'ruleStop') {
      if (returns) this.add({ ...configuration, state: returns.state, returns: returns.parent });
      else {
        this.configurations.push(configuration);
        for (const follower of this.network.follow.get(state.rule) ?? []) {
          const left = configuration.left || follower.outermost;
          this.add({ ...configuration, state: follower.state, outside: true, left });
        }
      }
      return;
    }
    if (state.transitions.some((transition) => transition.kind === 'token')) this.configurations.push(configuration);
    for (const transition of state.transitions) {
      if (transition.kind === 'free') this.add({ ...configuration, state: transition.target });
      if (transition.kind === 'precedence') {
        const inDecision = !returns && !outside;
        if (!inDecision || transition.level >= this.precedence) this.add({ ...configuration, state: transition.target });
      }
      if (transition.kind === 'rule') {
        const start = this.network.rules[transition.rule].start;
        this.add({ ...configuration, state: start, returns: { state: transition.target, parent: returns } });
      }
    }
  }

  preferLoop(): void {
    const kept = this.configurations.filter(
      (exit) =>
        exit.alternative === 0 ||
        exit.left ||
        !this.configurations.some((loop) => loop.alternative === 0 && loop.state === exit.state && sameReturns(loop.returns, exit.returns)),
    );
    this.configurations.splice(0, this.configurations.length, ...kept);
  }

  onlyAlternative(): number | undefined {
    const first = this.configurations[0]?.alternative;
    return this.configurations.every((configuration) => configuration.alternative === first) ? first : undefined;
  }

  first(): number {
    return Math.min(...this.configurations.map((configuration) => configuration.alternative));
  }

  /** The first alternative that has read all of the rule that asks. */
  firstFinished(): number | undefined {
    const finished = this.configurations.filter(
      (configuration) => configuration.outside || (configuration.state.kind === 'ruleStop' && !configuration.returns),
    );
    return finished.length === 0 ? undefined : Math.min(...finished.map((configuration) => configuration.alternative));
  }
}

function sameReturns(a: Return | undefined, b: Return | undefined): boolean {
  let [x, y] = [a, b];
  while (x && y) {
    if (x === y) return true;
    if (x.state !== y.state) return false;
    [x, y] = [x.parent, y.parent];
  }
  return x === y;
}
