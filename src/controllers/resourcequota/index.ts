import { semanticEqual } from '../../../api/meta/equal.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { parseResources, printResources } from '../../../api/meta/resources.ts';
import type { ResourceReference } from '../../client/client.ts';
import { maskAmounts, sameAmounts } from '../../machinery/quota/amounts.ts';
import { objectCountName, type QuotaEvaluator } from '../../machinery/quota/evaluator.ts';
import { calculateUsage, quotaEvaluator } from '../../machinery/quota/index.ts';
import type { ClaimSurroundings } from '../../machinery/quota/resource-claims.ts';
import { createController } from '../../runtime/controller.ts';
import { Delays } from '../../runtime/delays.ts';
import type { Informer } from '../../runtime/informer.ts';
import { keyOf, keyOfParts } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { deviceClasses, events as eventResource, pods, resourceQuotas as quotaResource, resourceClaims } from '../resources.ts';

// What was booked for requests that failed later is given back no later than this.
const resyncEvery = 5 * 60_000;
const resync = 'resync';

interface Monitor extends QuotaEvaluator {
  /** Absent once the resource is not served any more: there is nothing of it then. */
  readonly served?: { readonly reference: ResourceReference; readonly informer: Informer; readonly stop: () => void };
}

/** Keeps `status.hard` and `status.used` of ResourceQuotas: counts anew when a quota changes and when something counted goes. */
export function startResourceQuotaController(context: ControllerContext): RunningController {
  const { catalog, clock, informers } = context;
  const api = context.clientFor('resourcequota-controller').resource(quotaResource);
  const quotas = informers.for(quotaResource);
  const classes = informers.for(deviceClasses);
  const monitors = new Map<string, Monitor>();
  // Counting much is done less often than it changes.
  const calmFor = new Map<string, number>();
  const controller = createController(
    { name: 'resourcequota', workers: 5, reconcile, informers: [quotas, classes], calmFor: (key) => calmFor.get(key) ?? 0 },
    context,
  );
  const timer = new Delays(clock, () => {
    for (const quota of quotas.list()) controller.enqueue(keyOf(quota));
    timer.set(resync, resyncEvery);
  });

  const around: ClaimSurroundings = {
    deviceClasses: () => classes.list(),
    pod: (namespace, name) => informers.for(pods).getByKey(keyOfParts(namespace, name)),
    claims: (namespace) => informers.for(resourceClaims).list(namespace),
  };

  function monitor(): void {
    const wanted = new Map<string, ResourceReference>();
    for (const resource of catalog.resources()) {
      const countable = ['create', 'delete', 'list', 'watch'].every((verb) => resource.verbs.includes(verb));
      const name = objectCountName(resource);
      if (countable && resource.scope === 'Namespaced' && resource.plural !== eventResource.plural && !wanted.has(name)) {
        wanted.set(name, resource);
      }
    }
    for (const [name, { served, ...evaluator }] of monitors) {
      if (!served || wanted.get(name)?.version === served.reference.version) continue;
      served.stop();
      monitors.set(name, evaluator);
      enqueueMatching(evaluator, quotas.list());
    }
    for (const [name, reference] of wanted) if (!monitors.get(name)?.served) monitors.set(name, watch(reference));
  }

  function enqueueMatching(evaluator: QuotaEvaluator, candidates: Iterable<KubeObject>): void {
    for (const quota of candidates) {
      if (evaluator.matchingResources(Object.keys(quota.status?.hard ?? {})).length > 0) controller.enqueue(keyOf(quota));
    }
  }

  function watch(reference: ResourceReference): Monitor {
    const evaluator = quotaEvaluator(reference, around);
    const informer = informers.for(reference);
    const replenish = ({ metadata }: KubeObject) => enqueueMatching(evaluator, quotas.list(metadata!.namespace));
    const stop = informer.addHandler({
      updated(object, old) {
        if (evaluator.replenishes?.(object, old, clock.now())) replenish(object);
      },
      deleted: replenish,
    });
    return { ...evaluator, served: { reference, informer, stop } };
  }

  quotas.addHandler({
    added: (quota) => controller.enqueue(keyOf(quota)),
    updated(quota, old) {
      // The status is written by us and by admission.
      if (!semanticEqual(quota.spec, old.spec)) controller.enqueue(keyOf(quota));
    },
  });
  monitor();
  const unsubscribe = catalog.subscribe(monitor);
  timer.set(resync, resyncEvery);

  async function reconcile(key: string): Promise<void> {
    const quota = quotas.getByKey(key);
    if (!quota) return void calmFor.delete(key);
    const { namespace } = quota.metadata!;
    let counted = 0;
    const concerned = [...monitors.values()].filter(
      (evaluator) => evaluator.matchingResources(Object.keys(quota.spec?.hard ?? {})).length > 0,
    );
    await Promise.all(concerned.map(({ served }) => served?.informer.synced()));
    const objectsOf = function* ({ served }: Monitor) {
      for (const object of served?.informer.list(namespace) ?? []) {
        counted++;
        yield object;
      }
    };
    const usage = calculateUsage(quota, concerned, objectsOf, clock.now());
    calmFor.set(key, Math.min(1000, Math.floor(counted / 20)));
    const hard = quota.spec?.hard ?? {};
    const before = parseResources(quota.status?.used);
    const used = maskAmounts(new Map([...before, ...usage]), Object.keys(hard));
    const { hard: hardBefore, used: usedBefore } = quota.status ?? {};
    if (hardBefore && usedBefore && semanticEqual(hard, hardBefore) && sameAmounts(used, before)) return;
    await api.update(namespace!, typed(quotaResource, { ...quota, status: { hard, used: printResources(used) } }), {
      subresource: 'status',
    });
  }

  const stop = () => {
    unsubscribe();
    timer.clear();
    for (const { served } of monitors.values()) served?.stop();
  };
  return run('resourcequota', [controller], stop);
}
