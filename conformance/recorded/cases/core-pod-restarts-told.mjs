// Which containers may be told to run again once they were told to have ended: what a container says of restarts goes before what its pod says.
export default ({ ns }) => {
  const P = `/api/v1/namespaces/${ns}/pods`;
  const told = (name, state) => ({ name, state, restartCount: 0, ready: false, image: 'i', imageID: '' });
  const ended = (exitCode) => ({ terminated: { exitCode } });
  const pod = (name, restartPolicy, container, status, initContainers) => [
    { name: `a pod ${name}`, method: 'POST', path: P, compare: false, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { schedulerName: 'none', automountServiceAccountToken: false, restartPolicy, containers: [{ name: 'a', image: 'i', ...container }], initContainers } } },
    { name: `${name} has ended`, method: 'PATCH', path: `${P}/${name}/status`, type: 'application/merge-patch+json', compare: false, body: { status } },
  ];
  const again = (name, step, status) => ({ name: `${name}: ${step}`, method: 'PATCH', path: `${P}/${name}/status`, query: { dryRun: 'All' }, type: 'application/merge-patch+json', pick: (b) => b.message ?? b.status.phase, body: { status } });
  const runs = { running: { startedAt: '2024-01-01T00:00:00Z' } };
  return [
    { name: 'the default account', path: `/api/v1/namespaces/${ns}/serviceaccounts/default`, compare: false, until: (b, r) => r.status === 200 },
    ...pod('never', 'Always', { restartPolicy: 'Never' }, { containerStatuses: [told('a', ended(0))] }),
    again('never', 'it runs again', { containerStatuses: [told('a', runs)] }),
    again('never', 'twice', { containerStatuses: [told('a', runs), told('a', runs), told('a', ended(0))] }),
    again('never', 'it ended with another code', { containerStatuses: [told('a', ended(1))] }),
    again('never', 'nothing is said of it', { containerStatuses: [] }),
    ...pod('failed', 'Never', { restartPolicy: 'OnFailure' }, { containerStatuses: [told('a', ended(1)), told('other', ended(1))] }),
    again('failed', 'it runs again', { containerStatuses: [told('a', runs), told('other', ended(1))] }),
    again('failed', 'one that the pod has not', { containerStatuses: [told('a', ended(1)), told('other', { waiting: { reason: 'x' } })] }),
    ...pod('ruled', 'Always', { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] }, { containerStatuses: [told('a', ended(42))], initContainerStatuses: [told('i', ended(1)), told('s', ended(0))] }, [{ name: 'i', image: 'i', restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'NotIn', values: [1] } }] }, { name: 's', image: 'i', restartPolicy: 'Always' }]),
    again('ruled', 'it runs again', { containerStatuses: [told('a', runs)] }),
    again('ruled', 'those before it', { initContainerStatuses: [told('i', runs), told('s', runs)] }),
    ...pod('plain', 'OnFailure', {}, { containerStatuses: [told('a', ended(0))], ephemeralContainerStatuses: [told('e', ended(1))] }),
    again('plain', 'it runs again', { containerStatuses: [told('a', runs)], ephemeralContainerStatuses: [told('e', runs), told('e', { waiting: { reason: 'x' } })] }),
  ];
};
