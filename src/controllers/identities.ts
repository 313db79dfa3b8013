/** The component itself, whose identity the informers and the leader election use. */
export const componentName = 'kube-controller-manager';

/** Who a controller's client is: its service account, or the component's own user for what serves all of them. */
export function identityOf(name: string): { username: string; groups: string[] } {
  if (name === componentName || name === 'tokens-controller')
    return { username: 'system:kube-controller-manager', groups: ['system:authenticated'] };
  return {
    username: `system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}
