import { type HostPort, hostPortsOf, portsConflict } from '../../runtime/host-ports.ts';
import type { Plugin } from '../framework.ts';
import { unschedulable } from './refuse.ts';

const name = 'NodePorts';

/** Two pods cannot have the same port of one node. */
export const nodePorts: Plugin = {
  name,
  events: [
    {
      resource: 'Pod',
      actions: ['delete'],
      hint(pod, { old }) {
        if (!old.spec.nodeName && !old.status?.nominatedNodeName) return false;
        const wanted = hostPortsOf(pod);
        return hostPortsOf(old).some((freed) => wanted.some((port) => portsConflict(freed, port)));
      },
    },
    { resource: 'Node', actions: ['add'] },
  ],
  sign: (pod) => JSON.stringify(hostPortsOf(pod)),
  preFilter(state, pod) {
    const ports = hostPortsOf(pod);
    if (ports.length === 0) return { skip: true };
    state.data.set(name, ports);
    return undefined;
  },
  filter(state, _pod, node) {
    const wanted = state.data.get(name) as HostPort[];
    return node.hasPortConflict(wanted) ? unschedulable(name, "node(s) didn't have free ports for the requested pod ports") : undefined;
  },
};
