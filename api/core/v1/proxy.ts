import type { ActionSubresource } from '../../define.ts';

/** `proxy`: requests to what the object stands for, with any method. @param options the kind of its parameters */
export function proxySubresource(options: string): ActionSubresource {
  return {
    type: 'action',
    name: 'proxy',
    action: 'proxy',
    kind: { group: '', version: 'v1', kind: options },
    verbs: ['create', 'delete', 'get', 'patch', 'update'],
  };
}
