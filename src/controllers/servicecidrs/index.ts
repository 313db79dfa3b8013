import { cidrContains, type ParsedCIDR, parseCIDR, parseIP } from '../../../api/meta/ip.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import { formatTime, parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { hasFinalizer } from '../../runtime/finalizers.ts';
import { keyOf } from '../../runtime/keys.ts';
import { conditionOf } from '../../runtime/pods.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { ipAddresses as addressResource, serviceCidrs as rangeResource } from '../resources.ts';

const finalizer = 'networking.k8s.io/service-cidr-finalizer';
const managedBy = 'ipaddress.kubernetes.io/managed-by';
const allocator = 'ipallocator.k8s.io';
const fieldManager = 'service-cidr-controller';
const strategic = 'application/strategic-merge-patch+json';
// Those who hand out addresses may hear of the deletion so much later.
const grace = 10_000;

interface Ready {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}
const ready: Ready = { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' };
const terminating: Ready = {
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
};

/** Keeps ServiceCIDRs until no address needs them, and says which may be used (KEP-1880). */
export function startServiceCidrController(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const api = context.clientFor('service-cidrs-controller').resource(rangeResource);
  const ranges = informers.for(rangeResource);
  const addresses = informers.for(addressResource);
  const controller = createController({ name: 'service-cidr', workers: 5, reconcile, informers: [ranges, addresses] }, context);
  const enqueueOverlapping = (range: KubeObject) => {
    for (const other of ranges.list()) if (overlap(range, other)) controller.enqueue(keyOf(other));
  };
  ranges.addHandler({
    added: (range) => {
      controller.enqueue(keyOf(range));
      enqueueOverlapping(range);
    },
    updated: (range) => controller.enqueue(keyOf(range)),
    deleted: enqueueOverlapping,
  });
  addresses.addHandler({
    deleted(address) {
      for (const range of ranges.list()) if (containsAddress(range, address)) controller.enqueue(keyOf(range));
    },
  });

  async function reconcile(key: string): Promise<number | undefined> {
    const range = ranges.getByKey(key);
    if (!range) return;
    const { deletionTimestamp } = range.metadata!;
    if (!deletionTimestamp) {
      if (!hasFinalizer(range, finalizer)) await patchFinalizers(range, { finalizers: [finalizer] });
      return setReady(range, ready);
    }
    if (isNeeded(range)) return setReady(range, terminating);
    const left = parseTime(deletionTimestamp) + grace - clock.now();
    if (left > 0) return left;
    if (hasFinalizer(range, finalizer)) await patchFinalizers(range, { '$deleteFromPrimitiveList/finalizers': [finalizer] });
    return undefined;
  }

  async function patchFinalizers(range: KubeObject, metadata: object): Promise<void> {
    await unlessNotFound(api.patch('', range.metadata!.name!, strategic, { metadata }));
  }

  async function setReady(range: KubeObject, condition: Ready): Promise<undefined> {
    const current = conditionOf(range, 'Ready');
    if (current?.status === condition.status && current.message === condition.message) return;
    const { name } = range.metadata!;
    const { group, version, kind } = rangeResource;
    const status = { conditions: [{ type: 'Ready', ...condition, lastTransitionTime: formatTime(clock.now()) }] };
    const body = { apiVersion: apiVersionOf(group, version), kind, metadata: { name }, status };
    await unlessNotFound(api.patch('', name!, 'application/apply-patch+yaml', body, { subresource: 'status', fieldManager, force: true }));
  }

  /** Whether an address would be in no range without this one. */
  function isNeeded(range: KubeObject): boolean {
    const others = [...ranges.list()].filter((other) => other !== range);
    const covered = cidrsOf(range).every((cidr) => others.some((other) => cidrsOf(other).some((larger) => covers(larger, cidr))));
    if (covered) return false;
    return [...addresses.list()].some(
      (address) =>
        address.metadata!.labels?.[managedBy] === allocator &&
        containsAddress(range, address) &&
        !others.some((other) => containsAddress(other, address)),
    );
  }

  return run('service-cidr', [controller]);
}

function cidrsOf({ spec }: KubeObject): ParsedCIDR[] {
  return (spec?.cidrs ?? []).flatMap((text: string) => parseCIDR(text) ?? []);
}

function containsAddress(range: KubeObject, address: KubeObject): boolean {
  const ip = parseIP(address.metadata!.name!);
  return ip !== undefined && cidrsOf(range).some((cidr) => cidrContains(cidr, ip));
}

function covers(larger: ParsedCIDR, smaller: ParsedCIDR): boolean {
  return larger.version === smaller.version && larger.first <= smaller.first && larger.last >= smaller.last;
}

function overlap(a: KubeObject, b: KubeObject): boolean {
  return cidrsOf(a).some((left) => cidrsOf(b).some((right) => covers(left, right) || covers(right, left)));
}
