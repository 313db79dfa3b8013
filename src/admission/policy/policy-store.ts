import { LabelSelector, type LabelSelectorObject, selectorFromObject } from '../../../api/meta/label-selector.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { compareText } from '../../../api/meta/text.ts';
import type { Criteria, Rule } from '../webhook/match.ts';
import type { ParamRef } from './params.ts';

/** A binding, ready to be matched. */
export interface Binding {
  readonly name: string;
  readonly policyName: string;
  readonly paramRef: ParamRef | undefined;
  /** Deny, Warn and Audit, of a validating policy. */
  readonly actions: readonly string[];
  /** undefined: whatever the policy is about. */
  readonly criteria: Criteria | undefined;
}

/** The policies of one kind with their bindings, kept in step with what is stored. */
export class PolicyStore<Policy extends { readonly name: string }> {
  private readonly prepare: (object: KubeObject) => Policy;
  private readonly policiesByName = new Map<string, Policy>();
  private readonly bindingsByName = new Map<string, Binding>();
  private bound: readonly { readonly policy: Policy; readonly bindings: readonly Binding[] }[] = [];

  constructor(prepare: (object: KubeObject) => Policy) {
    this.prepare = prepare;
  }

  /** Policies that have bindings, by name. */
  get active(): readonly { readonly policy: Policy; readonly bindings: readonly Binding[] }[] {
    return this.bound;
  }

  readonly policies = {
    set: (object: KubeObject): void => {
      this.policiesByName.set(object.metadata!.name!, this.prepare(object));
      this.order();
    },
    remove: (name: string): void => {
      this.policiesByName.delete(name);
      this.order();
    },
  };

  readonly bindings = {
    set: (object: KubeObject): void => {
      this.bindingsByName.set(object.metadata!.name!, prepareBinding(object));
      this.order();
    },
    remove: (name: string): void => {
      this.bindingsByName.delete(name);
      this.order();
    },
  };

  private order(): void {
    const bindings = [...this.bindingsByName.values()].sort((a, b) => compareText(a.name, b.name));
    this.bound = [...this.policiesByName.values()]
      .sort((a, b) => compareText(a.name, b.name))
      .map((policy) => ({ policy, bindings: bindings.filter((binding) => binding.policyName === policy.name) }))
      .filter(({ bindings }) => bindings.length > 0);
  }
}

interface MatchResources {
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelectorObject;
  readonly objectSelector?: LabelSelectorObject;
  readonly resourceRules?: readonly Partial<Rule>[];
  readonly excludeResourceRules?: readonly Partial<Rule>[];
}

/** Which requests a policy or binding is about. */
export function criteriaOf(resources: MatchResources): Criteria {
  const { resourceRules = [], excludeResourceRules = [], matchPolicy, namespaceSelector, objectSelector } = resources;
  return {
    rules: resourceRules.length === 0 ? undefined : resourceRules.map(ruleOf),
    excluded: excludeResourceRules.map(ruleOf),
    exact: matchPolicy === 'Exact',
    namespaceSelector: selectorOf(namespaceSelector),
    objectSelector: selectorOf(objectSelector),
  };
}

function ruleOf({
  operations = [],
  apiGroups = [],
  apiVersions = [],
  resources = [],
  scope = '*',
  resourceNames = [],
}: Partial<Rule>): Rule {
  return { operations, apiGroups, apiVersions, resources, scope, resourceNames };
}

function selectorOf(selector: LabelSelectorObject | undefined): LabelSelector {
  return selector ? selectorFromObject(selector) : LabelSelector.everything;
}

function prepareBinding({ metadata, spec }: KubeObject): Binding {
  const {
    policyName,
    paramRef,
    validationActions = [],
    matchResources,
  } = spec as {
    policyName: string;
    paramRef?: ParamRef;
    validationActions?: string[];
    matchResources?: MatchResources;
  };
  return {
    name: metadata!.name!,
    policyName,
    paramRef,
    actions: validationActions,
    criteria: matchResources && criteriaOf(matchResources),
  };
}
