/** The component itself, whose identity the informers and the leader election use. */
export const componentName = 'kube-controller-manager';

/** Whether a controller's client has a service account of its own. */
export function isServiceAccount(name: string): boolean {
  return name !== componentName && name !== 'tokens-controller';
}

/** Who a controller's client is: its service account, or the component's own user for what serves all of them. */
export function identityOf(name: string): { username: string; groups: string[] } {
  if (!isServiceAccount(name)) return { username: 'system:kube-controller-manager', groups: ['system:authenticated'] };
  return {
    username: `system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}
