import type { Binding } from '../../../openapi/types.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, notSupported, required } from '../../meta/field.ts';

/** What a binding of a pod to a node must say. */
export function validateBinding(binding: Binding): FieldError[] {
  const { kind, name } = binding.target ?? {};
  const errors = kind && kind !== 'Node' ? [notSupported(FieldPath.of('target', 'kind'), kind, ['Node', '<empty>'])] : [];
  return name ? errors : [...errors, required(FieldPath.of('target', 'name'))];
}

/** Bindings: created, never stored. */
export const binding = defineResource<Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  scope: 'Namespaced',
  schema: 'io.k8s.api.core.v1.Binding',
  verbs: ['create'],
  action: 'binding',
  validate: validateBinding,
});
