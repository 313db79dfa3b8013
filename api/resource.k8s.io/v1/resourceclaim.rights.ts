import type { ResourceV1ResourceClaim as ResourceClaim, ResourceClaimStatus } from '../../../openapi/types.ts';
import type { NeededRight, StrategyContext } from '../../define.ts';
import { semanticEqual } from '../../meta/equal.ts';
import { FieldPath, forbidden } from '../../meta/field.ts';
import { sorted } from '../../meta/text.ts';
import { deviceKey } from './resourceclaim.status.validation.ts';

const path = FieldPath.of('status');
const nodeName = 'authentication.kubernetes.io/node-name';

/**
 * Whoever writes into a claim's status needs rights beyond `resourceclaims/status`: `resourceclaims/binding` for the allocation and who has reserved it, and
 * for each driver's devices `resourceclaims/driver` under the driver's name (Kubernetes documentation, "Dynamic resource allocation"; recorded:
 * ext-claim-status-rights).
 */
export function statusRights(claim: ResourceClaim, old: ResourceClaim, context: StrategyContext): readonly NeededRight[] {
  const [status, before] = [claim.status ?? {}, old.status ?? {}];
  return [...bindingRights(status, before, context), ...driverRights(status, before, claim.metadata?.namespace ?? '', context)];
}

function bindingRights(status: ResourceClaimStatus, old: ResourceClaimStatus, { requestVerb = 'update' }: StrategyContext): NeededRight[] {
  if (semanticEqual(status.allocation, old.allocation) && semanticEqual(status.reservedFor, old.reservedFor)) return [];
  const needed = `changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="${requestVerb}" permission`;
  return [
    {
      subresource: 'binding',
      verbs: [requestVerb],
      namespace: '',
      name: '',
      refusal: (denial) => forbidden(path.child('allocation'), `${needed}: ${denial}`),
    },
  ];
}

function driverRights(status: ResourceClaimStatus, old: ResourceClaimStatus, namespace: string, context: StrategyContext): NeededRight[] {
  // Whoever deallocates takes the devices away with it.
  if (!status.allocation) return [];
  const verbs = driverVerbs(status, context);
  const needed = `changing status.devices requires resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission`;
  return changedDrivers(status, old).map((name) => ({
    subresource: 'driver',
    verbs,
    namespace,
    name,
    refusal: (denial) => forbidden(path.child('devices'), `${needed}: ${denial}`),
  }));
}

function changedDrivers({ devices = [] }: ResourceClaimStatus, old: ResourceClaimStatus): string[] {
  const before = new Map((old.devices ?? []).map((device) => [deviceKey(device), device]));
  const changed = new Set<string>();
  for (const device of devices) {
    if (!semanticEqual(before.get(deviceKey(device)), device)) changed.add(device.driver);
    before.delete(deviceKey(device));
  }
  for (const { driver } of before.values()) changed.add(driver);
  return sorted(changed);
}

// A driver on a node may be given the right for the devices of that node alone.
function driverVerbs({ allocation }: ResourceClaimStatus, { user, requestVerb = 'update' }: StrategyContext): string[] {
  const node = nodeOf(allocation);
  const nodes = user?.extra?.[nodeName] ?? [];
  const isOnNode = node !== undefined && user?.username.startsWith('system:serviceaccount:') && nodes.length === 1 && nodes[0] === node;
  return [...(isOnNode ? [`associated-node:${requestVerb}`] : []), `arbitrary-node:${requestVerb}`];
}

/** The one node that an allocation is for, if its selector names it and nothing else. */
function nodeOf(allocation: ResourceClaimStatus['allocation']): string | undefined {
  const terms = allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const [{ matchExpressions = [], matchFields = [] } = {}] = terms;
  const [field] = matchFields;
  if (terms.length !== 1 || matchExpressions.length > 0 || matchFields.length !== 1) return undefined;
  if (field?.key !== 'metadata.name' || field.operator !== 'In' || field.values?.length !== 1) return undefined;
  return field.values[0];
}
