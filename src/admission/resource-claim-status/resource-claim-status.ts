import { semanticEqual } from '../../../api/meta/equal.ts';
import { type FieldError, FieldPath, forbidden } from '../../../api/meta/field.ts';
import { sorted } from '../../../api/meta/text.ts';
import { resourceClaim } from '../../../api/resource.k8s.io/v1/resourceclaim.ts';
import type { ResourceV1ResourceClaim as ResourceClaim, ResourceClaimStatus } from '../../../openapi/types.ts';
import type { Authorizer } from '../../auth/types.ts';
import { accessForbidden } from '../../registry/access-forbidden.ts';
import { invalid } from '../../registry/errors.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';

const path = FieldPath.of('status');
const nodeName = 'authentication.kubernetes.io/node-name';

/**
 * Who writes into a claim's status needs rights beyond `resourceclaims/status`: `resourceclaims/binding` for the allocation and who has reserved it, and
 * for each driver's devices `resourceclaims/driver` under the driver's name (Kubernetes documentation, "Dynamic resource allocation"; recorded:
 * ext-claim-status-rights). Upstream asks this in validation, so this comes first of all that validates.
 */
export function resourceClaimStatusCheck(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'ResourceClaimStatusRights',
    concerns: ({ definition, subresource, operation }) =>
      subresource === 'status' &&
      operation === 'UPDATE' &&
      definition.group === resourceClaim.group &&
      definition.plural === resourceClaim.plural,
    async validate(attributes) {
      const claim = attributes.object as ResourceClaim;
      const old = attributes.old as ResourceClaim;
      const errors = [
        ...(await bindingErrors(attributes, authorizer, claim.status ?? {}, old.status ?? {})),
        ...(await driverErrors(attributes, authorizer, claim.status ?? {}, old.status ?? {})),
      ];
      if (errors.length > 0) throw invalid(resourceClaim, attributes.name, errors);
    },
  };
}

async function bindingErrors(
  attributes: AdmissionAttributes,
  authorizer: Authorizer,
  status: ResourceClaimStatus,
  old: ResourceClaimStatus,
): Promise<FieldError[]> {
  if (semanticEqual(status.allocation, old.allocation) && semanticEqual(status.reservedFor, old.reservedFor)) return [];
  const { requestVerb: verb = 'update' } = attributes;
  const denied = await denial(attributes, authorizer, { subresource: 'binding', verb, namespace: '', name: '' });
  if (denied === undefined) return [];
  const needed = `changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="${verb}" permission`;
  return [forbidden(path.child('allocation'), `${needed}: ${denied}`)];
}

async function driverErrors(
  attributes: AdmissionAttributes,
  authorizer: Authorizer,
  status: ResourceClaimStatus,
  old: ResourceClaimStatus,
): Promise<FieldError[]> {
  // Whoever deallocates takes the devices away with it.
  if (status.allocation === undefined) return [];
  const verbs = driverVerbs(attributes, status);
  const errors: FieldError[] = [];
  for (const driver of changedDrivers(status, old)) {
    const denied = await driverDenial(attributes, authorizer, verbs, driver);
    if (denied === undefined) continue;
    const needed = `changing status.devices requires resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission`;
    errors.push(forbidden(path.child('devices'), `${needed}: ${denied}`));
  }
  return errors;
}

/** Why none of the verbs is allowed: what is said of the first. */
async function driverDenial(
  attributes: AdmissionAttributes,
  authorizer: Authorizer,
  verbs: readonly string[],
  driver: string,
): Promise<string | undefined> {
  let first: string | undefined;
  for (const verb of verbs) {
    const denied = await denial(attributes, authorizer, { subresource: 'driver', verb, namespace: attributes.namespace, name: driver });
    if (denied === undefined) return undefined;
    first ??= denied;
  }
  return first;
}

function changedDrivers(status: ResourceClaimStatus, old: ResourceClaimStatus): string[] {
  const drivers = new Set([...(status.devices ?? []), ...(old.devices ?? [])].map(({ driver }) => driver));
  const of = ({ devices = [] }: ResourceClaimStatus, driver: string) => devices.filter((device) => device.driver === driver);
  return sorted(drivers).filter((driver) => !semanticEqual(of(status, driver), of(old, driver)));
}

// A driver on a node may be given the right for the devices of that node alone.
function driverVerbs({ user, requestVerb: verb = 'update' }: AdmissionAttributes, { allocation }: ResourceClaimStatus): string[] {
  const node = allocation?.nodeSelector?.nodeSelectorTerms[0]?.matchFields?.find(({ key }) => key === 'metadata.name')?.values?.[0];
  const isOnNode = node !== undefined && user.username.startsWith('system:serviceaccount:') && user.extra?.[nodeName]?.[0] === node;
  return [...(isOnNode ? [`associated-node:${verb}`] : []), `arbitrary-node:${verb}`];
}

async function denial(
  { user, definition }: AdmissionAttributes,
  authorizer: Authorizer,
  asked: { readonly subresource: string; readonly verb: string; readonly namespace: string; readonly name: string },
): Promise<string | undefined> {
  const { group, version, plural } = definition;
  const request = { user, resourceRequest: true, path: '', group, version, resource: plural, ...asked };
  const { decision, reason } = await authorizer.authorize(request);
  return decision === 'allow' ? undefined : accessForbidden(request, reason).message;
}
