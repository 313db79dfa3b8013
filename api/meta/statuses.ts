/** What most kinds with a spec and a status do alike: keep the status, count generations, serve the status and scale subresources. */
import type { PartSubresource, ScaleSubresource, Strategy } from '../define.ts';
import { exactlyEqual, semanticEqual } from './equal.ts';
import { type LabelSelectorObject, selectorFromObject } from './label-selector.ts';
import type { KubeObject } from './object.ts';
import { asSent } from './sent-empty.ts';

type CommonHooks = Required<Pick<Strategy<any>, 'prepareForCreate' | 'prepareForUpdate'>>;

const verbs = ['get', 'patch', 'update'] as const;

/** The status is not the main resource's to change. */
export function keepStatus(object: KubeObject, old: KubeObject): void {
  if (old.status === undefined) delete object.status;
  else object.status = old.status;
}

/** Counts a generation if one of the named parts changed. */
export function countGeneration(object: KubeObject, old: KubeObject, ...parts: readonly string[]): void {
  const generation = old.metadata?.generation ?? 0;
  const changed = parts.some((part) => !semanticEqual(object[part], old[part]));
  object.metadata!.generation = changed ? generation + 1 : generation;
}

/** The strategy's common hooks of an object whose changes of spec count as generations. @param empty the status of a new object */
export function specAndStatus(empty: () => object): CommonHooks {
  return {
    prepareForCreate(object: KubeObject) {
      object.status = empty();
      object.metadata!.generation = 1;
    },
    prepareForUpdate(object: KubeObject, old: KubeObject) {
      keepStatus(object, old);
      countGeneration(object, old, 'spec');
    },
  };
}

/** The hooks of an object without a status whose changes of some parts count as generations. */
export function countsGenerations(...parts: readonly string[]): CommonHooks {
  return {
    prepareForCreate(object: KubeObject) {
      object.metadata!.generation = 1;
    },
    prepareForUpdate: (object: KubeObject, old: KubeObject) => countGeneration(object, old, ...parts),
  };
}

/** The same where an empty list that was sent for none counts as well. */
export function countsExactGenerations(...parts: readonly string[]): CommonHooks {
  return {
    prepareForCreate(object: KubeObject) {
      object.metadata!.generation = 1;
    },
    prepareForUpdate(object: KubeObject, old: KubeObject) {
      const changed = parts.some((part) => asSent(object, part) !== object[part] || !exactlyEqual(object[part], old[part]));
      object.metadata!.generation = (old.metadata?.generation ?? 0) + (changed ? 1 : 0);
    },
  };
}

/** The hooks of an object with a status that begins empty, and without generations. */
export const keepsStatus: CommonHooks = {
  prepareForCreate(object: KubeObject) {
    object.status = {};
  },
  prepareForUpdate: keepStatus,
};

/** `status`: everything but the spec may change through it, if `rules` say no more. */
export function statusSubresource<T extends KubeObject>(
  rules: Pick<Strategy<T>, 'prepareForUpdate' | 'validateUpdate' | 'warnings' | 'judgesNamespace' | 'rights'>,
  resetFields: readonly (readonly string[])[] = [['spec']],
): PartSubresource {
  return {
    type: 'part',
    name: 'status',
    verbs,
    resetFields,
    strategy: {
      ...rules,
      prepareForUpdate(object, old, context) {
        if (old.spec === undefined) delete object.spec;
        else object.spec = old.spec;
        rules.prepareForUpdate?.(object, old, context);
      },
    },
  };
}

/** `scale` over `spec.replicas` and `status.replicas` with a LabelSelector object in `spec.selector`. */
export const scaleSubresource: ScaleSubresource = {
  type: 'scale',
  name: 'scale',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs,
  specReplicasPath: ['spec', 'replicas'],
  statusReplicasPath: ['status', 'replicas'],
  selector: (object: { spec?: { selector?: LabelSelectorObject } }) => selectorFromObject(object.spec?.selector).toString(),
};
