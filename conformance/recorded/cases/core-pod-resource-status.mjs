// What the status of a pod may say of the resources and devices that its containers were given.
export default ({ ns }) => {
  const P = `/api/v1/namespaces/${ns}/pods`;
  const status = (name, body) => ({ name, method: 'PATCH', path: `${P}/p/status`, type: 'application/merge-patch+json', query: { dryRun: 'All' }, pick: (b) => b.message ?? b.status, body: { status: body } });
  const given = (list, field = 'containerStatuses', name = 'c') => ({ [field]: [{ name, image: 'i', imageID: '', ready: false, restartCount: 0, allocatedResourcesStatus: list }] });
  const device = (id, health, more) => ({ resourceID: id, health, ...more });
  const mapping = (more) => ({ containerName: 'c', resourceName: 'example.com/gpu', requestName: 'r', ...more });
  return [
    { name: 'the default account', path: `/api/v1/namespaces/${ns}/serviceaccounts/default`, compare: false, until: (b, r) => r.status === 200 },
    { name: 'a pod', method: 'POST', path: P, compare: false, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { schedulerName: 'none', automountServiceAccountToken: false, resourceClaims: [{ name: 'k', resourceClaimName: 'x' }], initContainers: [{ name: 'i', image: 'i' }], containers: [{ name: 'c', image: 'i', resources: { limits: { 'example.com/gpu': '1' }, claims: [{ name: 'k', request: 'q' }] } }] } } },
    status('the health of a resource', given([{ name: 'example.com/gpu', resources: [device('a', 'Healthy')] }])), status('of one that was not requested', given([{ name: 'example.com/other', resources: [device('a', 'Healthy')] }])),
    status('of a claim', given([{ name: 'claim:k/q', resources: [device('a', 'Unknown', { message: 'm' })] }])), status('of a claim of another request', given([{ name: 'claim:k', resources: [] }])),
    status('a health that is none', given([{ name: 'example.com/gpu', resources: [device('a', 'Fine')] }])), status('an empty message, a device twice', given([{ name: 'example.com/gpu', resources: [device('a', 'Healthy', { message: '' }), device('a', 'Unhealthy')] }])),
    status('a long message', given([{ name: 'example.com/gpu', resources: [device('a', 'Healthy', { message: 'x'.repeat(1025) })] }])),
    status('of a container that is not there', given([{ name: 'example.com/gpu', resources: [device('a', 'Healthy')] }], 'containerStatuses', 'z')), status('of an init container', given([{ name: 'example.com/gpu', resources: [device('a', 'Healthy')] }], 'initContainerStatuses', 'i')),
    status('of an ephemeral container', given([{ name: 'example.com/gpu', resources: [device('a', 'Healthy')] }], 'ephemeralContainerStatuses', 'e')),
    status('a claim for extended resources', { extendedResourceClaimStatus: { resourceClaimName: 'e', requestMappings: [mapping()] } }), status('without mappings and a name', { extendedResourceClaimStatus: { resourceClaimName: '', requestMappings: [] } }),
    status('of no container', { extendedResourceClaimStatus: { resourceClaimName: 'E_', requestMappings: [mapping({ containerName: 'z' })] } }), status('of another resource', { extendedResourceClaimStatus: { resourceClaimName: 'e', requestMappings: [mapping({ resourceName: 'example.com/z', requestName: 'R_' })] } }),
    status('twice', { extendedResourceClaimStatus: { resourceClaimName: 'e', requestMappings: [mapping(), mapping()] } }),
    { name: 'it goes', method: 'DELETE', path: `${P}/p`, query: { gracePeriodSeconds: '0' }, compare: false },
  ];
};
