import { semanticEqual } from '../../../api/meta/equal.ts';
import { parseLabelSelector } from '../../../api/meta/label-selector.ts';
import { groupVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import { parseQuantity } from '../../../api/meta/quantity.ts';
import type { ResourceClient } from '../../client/client.ts';
import { formatTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { isConflict, messageOf } from '../../runtime/errors.ts';
import { keyOf, splitKey } from '../../runtime/keys.ts';
import { omitZeros, typed } from '../../runtime/objects.ts';
import type { Condition } from '../../runtime/pods.ts';
import { getScale } from '../../runtime/scales.ts';
import { type ControllerContext, type RunningController, recorderFor, run, type ServedResource } from '../context.ts';
import { horizontalPodAutoscalers, pods as podResource } from '../resources.ts';
import { type AutoscalerCondition, setCondition } from './conditions.ts';
import { createMetricsClient } from './metrics-client.ts';
import { MetricError, type MetricProposal, proposeFor, type Scaled } from './proposals.ts';
import { limit, type Memory, noteScale } from './scaling-limits.ts';

const defaultTolerance = 0.1;
/** How often a change of a target's scale is tried while others change it. */
const mostTries = 5;

/** What a look comes to, for the status. */
interface Look {
  readonly autoscaler: KubeObject;
  conditions: Condition[];
  currentReplicas: number;
  desiredReplicas: number;
  /** A metric without a value has no type. */
  currentMetrics: readonly KubeObject[] | null;
  lastScaleTime?: string;
}

/** Scales what HorizontalPodAutoscalers point at by what the metrics APIs say, if these are served. */
export function startHorizontalPodAutoscaler(context: ControllerContext): RunningController {
  const { clock, informers, catalog } = context;
  const period = context.settings.horizontalPodAutoscalerSyncPeriod;
  const client = context.clientFor('horizontal-pod-autoscaler');
  const autoscalers = informers.for(horizontalPodAutoscalers);
  const pods = informers.for(podResource);
  const api = client.resource(horizontalPodAutoscalers);
  const recorder = recorderFor(context, client, 'horizontal-pod-autoscaler');
  const metrics = createMetricsClient(client, (group) => catalog.versionsOf(group));
  const memories = new Map<string, Memory>();
  /** The selector of what each autoscaler scales. */
  const selectors = new Map<string, ReturnType<typeof parseLabelSelector>>();

  const controller = createController({ name: 'horizontalpodautoscaler', workers: 5, reconcile, informers: [autoscalers, pods] }, context);
  const plan = (autoscaler: KubeObject) => controller.enqueueAfter(keyOf(autoscaler), period);
  autoscalers.addHandler({
    added: plan,
    updated: plan,
    deleted(autoscaler) {
      memories.delete(keyOf(autoscaler));
      selectors.delete(keyOf(autoscaler));
    },
  });

  function tell({ autoscaler }: Look, type: 'Normal' | 'Warning', reason: string, message: string): void {
    recorder.event({ object: autoscaler, resource: horizontalPodAutoscalers }, type, reason, message);
  }

  function note(look: Look, type: AutoscalerCondition, status: 'True' | 'False', reason: string, message: string): void {
    look.conditions = setCondition(look.conditions, type, status, reason, message, clock.now());
  }

  async function reconcile(key: string): Promise<number | undefined> {
    const autoscaler = autoscalers.getByKey(key);
    if (!autoscaler) return undefined;
    const { conditions = [], currentReplicas = 0, desiredReplicas = 0, currentMetrics = null, lastScaleTime } = autoscaler.status ?? {};
    const look: Look = {
      autoscaler,
      conditions,
      currentReplicas,
      desiredReplicas,
      currentMetrics,
      ...(lastScaleTime ? { lastScaleTime } : {}),
    };
    await scale(key, look);
    try {
      await writeStatus(look);
    } catch (error) {
      if (!isConflict(error)) tell(look, 'Warning', 'FailedUpdateStatus', messageOf(error));
    }
    return period;
  }

  async function writeStatus({
    autoscaler,
    conditions,
    currentReplicas,
    desiredReplicas,
    currentMetrics,
    lastScaleTime,
  }: Look): Promise<void> {
    const counts = omitZeros({ lastScaleTime, currentReplicas, conditions });
    const status = { ...counts, desiredReplicas, currentMetrics };
    if (semanticEqual(autoscaler.status, status)) return;
    await api.update(autoscaler.metadata!.namespace!, typed(horizontalPodAutoscalers, { ...autoscaler, status }), {
      subresource: 'status',
    });
  }

  /** The resource of a kind in the version that its group prefers, whichever is named. @throws Error if it is not served */
  function mappingOf({ apiVersion = '', kind }: { apiVersion?: string; kind: string }): ServedResource {
    const { group } = groupVersionOf(apiVersion);
    const found = catalog.resources().filter((resource) => resource.group === group && resource.kind === kind);
    if (found.length === 0) throw new Error(`no matches for kind "${kind}" in group "${group}"`);
    const order = catalog.versionsOf(group);
    return found.reduce((best, next) => (order.indexOf(next.version) < order.indexOf(best.version) ? next : best));
  }

  async function scale(key: string, look: Look): Promise<void> {
    const { metadata, spec } = look.autoscaler;
    const { scaleTargetRef: reference, maxReplicas, minReplicas = 1, behavior } = spec;
    const namespace = metadata!.namespace!;
    let target: ReturnType<typeof client.resource>;
    let current: KubeObject;
    try {
      target = client.resource(mappingOf(reference));
      current = await getScale(target, namespace, reference.name);
    } catch (error) {
      tell(look, 'Warning', 'FailedGetScale', messageOf(error));
      note(
        look,
        'AbleToScale',
        'False',
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${messageOf(error)}`,
      );
      return;
    }
    note(look, 'AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
    const replicas: number = current.spec?.replicas ?? 0;
    const memory = memoryOf(key, replicas);
    look.currentReplicas = replicas;
    let desired = replicas;
    let reason = '';
    let found: readonly KubeObject[] | null = null;
    if (replicas === 0 && minReplicas !== 0) {
      note(look, 'ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
    } else if (replicas > maxReplicas) {
      desired = maxReplicas;
      reason = 'Current number of replicas above Spec.MaxReplicas';
    } else if (replicas < minReplicas) {
      desired = minReplicas;
      reason = 'Current number of replicas below Spec.MinReplicas';
    } else {
      const proposed = await propose(key, look, current);
      if (!proposed) return;
      found = proposed.statuses;
      if (proposed.replicas > replicas) reason = `${proposed.name} above target`;
      if (proposed.replicas < replicas) reason = 'All metrics below target';
      const limits = { current: replicas, desired: proposed.replicas, minimum: minReplicas, maximum: maxReplicas, behavior };
      const { replicas: allowed, ready, limited, limit: why } = limit(memory, limits, clock.now());
      note(look, 'AbleToScale', 'True', ...ready);
      note(look, 'ScalingLimited', limited ? 'True' : 'False', ...why);
      desired = allowed;
    }
    if (desired !== replicas) {
      try {
        await rescale(target, current, desired);
      } catch (error) {
        tell(look, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${messageOf(error)}`);
        note(
          look,
          'AbleToScale',
          'False',
          'FailedUpdateScale',
          `the HPA controller was unable to update the target scale: ${messageOf(error)}`,
        );
        look.currentMetrics = found;
        return;
      }
      note(look, 'AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${desired}`);
      tell(look, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
      noteScale(memory, behavior, replicas, desired, clock.now());
      look.lastScaleTime = formatTime(clock.now());
    }
    look.desiredReplicas = desired;
    look.currentMetrics = found;
  }

  /** Somebody else's change of the target makes it begin anew, a few times. */
  async function rescale(target: ResourceClient, scale: KubeObject, replicas: number): Promise<void> {
    const { namespace, name } = scale.metadata!;
    let current = scale;
    for (let tries = 1; ; tries++) {
      try {
        await target.update(namespace!, { ...current, spec: { ...current['spec'], replicas } }, { subresource: 'scale' });
        return;
      } catch (error) {
        if (!isConflict(error) || tries === mostTries) throw error;
        current = await getScale(target, namespace!, name!);
      }
    }
  }

  function memoryOf(key: string, replicas: number): Memory {
    let memory = memories.get(key);
    if (!memory) memories.set(key, (memory = { recommendations: [{ count: replicas, at: clock.now() }], ups: [], downs: [] }));
    return memory;
  }

  interface Proposed {
    readonly replicas: number;
    readonly name: string;
    readonly statuses: readonly KubeObject[];
  }

  /** The most that a metric asks for; undefined, and told, if the metrics do not say enough. */
  async function propose(key: string, look: Look, current: KubeObject): Promise<Proposed | undefined> {
    const scaled = scaledOf(key, look, current);
    if (typeof scaled === 'string') {
      look.currentMetrics = null;
      tell(look, 'Warning', 'FailedComputeMetricsReplicas', scaled);
      return undefined;
    }
    const specs: readonly any[] = look.autoscaler.spec.metrics ?? [];
    const resourceOf = (reference: { apiVersion?: string; kind: string }) => {
      const { plural, group } = mappingOf(reference);
      return group ? `${plural}.${group}` : plural;
    };
    const statuses: KubeObject[] = [];
    const failures: MetricError[] = [];
    let best: MetricProposal | undefined;
    for (const spec of specs) {
      try {
        const proposal = await proposeFor(metrics, resourceOf, spec, scaled);
        statuses.push(proposal.status);
        if (!best || best.replicas === 0 || proposal.replicas > best.replicas) best = proposal;
      } catch (error) {
        if (!(error instanceof MetricError)) throw error;
        tell(look, 'Warning', error.reason, error.message);
        statuses.push({ type: '' } as KubeObject);
        failures.push(error);
      }
    }
    const first = failures[0];
    if (first && (!best || best.replicas < scaled.currentReplicas)) {
      note(look, 'ScalingActive', 'False', first.reason, `the HPA was unable to compute the replica count: ${first.message}`);
      look.currentMetrics = statuses;
      const message = `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${first.summary}`;
      tell(look, 'Warning', 'FailedComputeMetricsReplicas', message);
      return undefined;
    }
    if (!best) return undefined;
    note(look, 'ScalingActive', 'True', 'ValidMetricFound', `the HPA was able to successfully calculate a replica count from ${best.name}`);
    return { replicas: best.replicas, name: best.name, statuses };
  }

  /** The pods that are scaled, or why they cannot be told. */
  function scaledOf(key: string, look: Look, { spec, status }: KubeObject): Scaled | string {
    const refuse = (reason: string, message: string, condition = message) => {
      tell(look, 'Warning', reason, message);
      note(look, 'ScalingActive', 'False', reason === 'SelectorRequired' ? 'InvalidSelector' : reason, condition);
      return message;
    };
    const { namespace } = look.autoscaler.metadata!;
    const text: string = status?.selector ?? '';
    if (text === '') return refuse('SelectorRequired', 'selector is required', "the HPA target's scale is missing a selector");
    const selector = parseLabelSelector(text);
    selectors.set(key, selector);
    const selected = [...pods.list(namespace)].filter(({ metadata }) => selector.matches(metadata!.labels ?? {}));
    const rivals = [...selectors].filter(
      ([other, theirs]) => splitKey(other)[0] === namespace && selected.some(({ metadata }) => theirs.matches(metadata!.labels ?? {})),
    );
    if (rivals.length > 1) {
      const shown = rivals.map(([other]) => other).join(' ');
      return refuse('AmbiguousSelector', `pods by selector ${text} are controlled by multiple HPAs: [${shown}]`);
    }
    const { scaleUp, scaleDown } = look.autoscaler.spec.behavior ?? {};
    const toleranceOf = (tolerance: string | undefined) =>
      tolerance === undefined ? defaultTolerance : parseQuantity(tolerance).toNumber();
    return {
      namespace: namespace!,
      selector,
      pods: selected,
      currentReplicas: spec?.replicas ?? 0,
      statusReplicas: status?.replicas ?? 0,
      tolerances: { up: toleranceOf(scaleUp?.tolerance), down: toleranceOf(scaleDown?.tolerance) },
      now: clock.now(),
    };
  }

  return run('horizontalpodautoscaler', [controller]);
}
