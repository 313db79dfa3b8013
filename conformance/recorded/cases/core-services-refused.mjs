// Addresses, families and ports of services that are refused before anything is allocated, and updates that are.
export default ({ ns }) => {
  const S = `/api/v1/namespaces/${ns}/services`;
  const dry = { dryRun: 'All' };
  const make = (name, spec, query = dry) => ({ name, method: 'POST', path: S, query, body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec } });
  const merge = (name, spec) => ({ name, method: 'PATCH', path: `${S}/a`, query: dry, headers: { 'content-type': 'application/merge-patch+json' }, body: { spec } });
  const port = [{ port: 80 }];
  return [
    { compare: false, method: 'POST', path: S, body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { selector: { app: 'x' }, ports: port } } },
    make('no address at all', { clusterIP: '*', ports: port }),
    make('an address out of bounds', { clusterIP: '300.1.1.1', ports: port }),
    make('leading zeros', { clusterIP: '010.1.1.1', ports: port }),
    make('another range', { clusterIP: '10.1.1.1', ports: port }),
    make('only the plural', { clusterIPs: ['10.96.1.1'], ports: port }),
    make('unlike first values', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.2'], ports: port }),
    make('None beside another', { clusterIP: 'None', clusterIPs: ['None', '10.96.1.2'], ports: port }),
    make('a family that is none', { ipFamilies: ['IPv5'], ports: port }),
    make('a family twice', { ipFamilies: ['IPv6', 'IPv6'], ports: port }),
    make('a family that the cluster lacks', { ipFamilies: ['IPv6'], ports: port }),
    make('two stacks required', { ipFamilyPolicy: 'RequireDualStack', ports: port }),
    make('a policy that is none', { ipFamilyPolicy: 'Both', ports: port }),
    make('three addresses', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1', '10.96.1.2', '10.96.1.3'], ports: port }),
    make('a node port out of range', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }, {}),
    make('a dry run does not look at the range', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }),
    make('nor at that of a health check', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 443, ports: [{ port: 80, nodePort: 30123 }] }),
    make('rules come before node ports', { type: 'NodePort', ports: [{ port: 0, nodePort: 100 }, { port: 1, nodePort: 101 }] }),
    merge('another address', { clusterIP: '10.96.1.1' }),
    merge('an address that is none', { clusterIP: 'x' }),
    merge('another family', { ipFamilies: ['IPv6'] }),
    merge('None', { clusterIP: 'None' }),
  ];
};
