import type { MutatingAdmissionPolicyBinding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { countsGenerations } from '../../meta/statuses.ts';
import { bindingColumns } from './binding.columns.ts';

/** MutatingAdmissionPolicyBindings. Compared with v1.36.3: table, status, generations. */
export const mutatingAdmissionPolicyBinding = defineResource<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  singular: 'mutatingadmissionpolicybinding',
  scope: 'Cluster',
  schema: 'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  categories: ['api-extensions'],
  subresources: [],
  columns: bindingColumns,
  ...countsGenerations('spec'),
});
