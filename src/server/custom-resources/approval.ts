import { approvalAnnotation, approvalOf, isProtectedGroup } from '../../../api/apiextensions.k8s.io/v1/api-approval.ts';
import { type Condition, findCondition } from '../../../api/meta/conditions.ts';
import type { CustomResourceDefinition } from '../../../openapi/types.ts';
import { withCondition } from './conditions.ts';

const reasons = {
  missing: ['False', 'MissingAnnotation'],
  invalid: ['False', 'InvalidAnnotation'],
  bypassed: ['False', 'UnapprovedAnnotation'],
  approved: ['True', 'ApprovedAnnotation'],
} as const;

/** The definition with the condition that says whether a group of Kubernetes' own was approved; undefined if nothing changes. */
export function withApproval(crd: CustomResourceDefinition, now: string): CustomResourceDefinition | undefined {
  if (!isProtectedGroup(crd.spec.group)) return undefined;
  const { approval, words } = approvalOf(crd.metadata?.annotations?.[approvalAnnotation] ?? '');
  const [status, reason] = reasons[approval];
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const before = findCondition(crd.status?.conditions as Condition[] | undefined, type);
  if (before?.status === status && before.reason === reason && before.message === words) return undefined;
  return withCondition(crd, { type, status, reason, message: words }, now);
}
