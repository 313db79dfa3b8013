import type { ResourceClaimSpec, ResourceClaimStatus } from '../../../openapi/types.ts';
import type { StrategyContext } from '../../define.ts';
import { type FieldError, FieldPath, forbidden } from '../../meta/field.ts';

const label = 'resource.kubernetes.io/admin-access';
const reason = `admin access to devices requires the \`${label}: true\` label on the containing namespace`;

/** Whether a claim asks for devices that others may use. */
export function wantsAdminAccess(spec: ResourceClaimSpec | undefined): boolean {
  return (spec?.devices?.requests ?? []).some(({ exactly }) => exactly?.adminAccess === true);
}

/** What a new claim may not ask for in its namespace (KEP-5018). Templates are told of the same places as claims. */
export function refuseAdminAccess(spec: ResourceClaimSpec | undefined, { namespaceLabels = {} }: StrategyContext): FieldError[] {
  if (!wantsAdminAccess(spec) || namespaceLabels[label] === 'true') return [];
  const requests = spec!.devices!.requests!;
  const first = requests.findIndex(({ exactly }) => exactly?.adminAccess === true);
  return [forbidden(FieldPath.of('spec').child('devices', 'requests').index(first).child('adminAccess'), reason)];
}

/** Whether a claim is allocated devices that others may use. */
export function hasAdminAccess(status: ResourceClaimStatus | undefined): boolean {
  return (status?.allocation?.devices?.results ?? []).some(({ adminAccess }) => adminAccess === true);
}

/** What a claim may not be allocated in its namespace, unless it has it. */
export function refuseAdminAllocation(
  status: ResourceClaimStatus | undefined,
  old: ResourceClaimStatus | undefined,
  { namespaceLabels = {} }: StrategyContext,
): FieldError[] {
  if (hasAdminAccess(old) || !hasAdminAccess(status) || namespaceLabels[label] === 'true') return [];
  const first = status!.allocation!.devices!.results!.findIndex(({ adminAccess }) => adminAccess === true);
  return [forbidden(FieldPath.of('status', 'allocation', 'devices', 'results').index(first).child('adminAccess'), reason)];
}
