import { certificateSigningRequest } from '../../../api/certificates.k8s.io/v1/certificatesigningrequest.ts';
import { lease } from '../../../api/coordination.k8s.io/v1/lease.ts';
import { node as nodes } from '../../../api/core/v1/node.ts';
import { persistentVolumeClaim } from '../../../api/core/v1/persistentvolumeclaim.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { serviceAccount } from '../../../api/core/v1/serviceaccount.ts';
import type { ResourceDefinition } from '../../../api/define.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { resourceSlice } from '../../../api/resource.k8s.io/v1/resourceslice.ts';
import { csiNode } from '../../../api/storage.k8s.io/v1/csinode.ts';
import { nodeNameOf } from '../../auth/authorize/node.ts';
import type { Authorizer } from '../../auth/types.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { restrictCertificateRequests } from './certificates.ts';
import { restrictNodes } from './nodes.ts';
import { restrictClaims, restrictCsiNodes, restrictLeases, restrictServiceAccounts, restrictSlices } from './others.ts';
import { restrictPods } from './pods.ts';
import { type Restrict, refused } from './restriction.ts';

const rules: ReadonlyMap<ResourceDefinition, Restrict> = new Map<ResourceDefinition, Restrict>([
  [pods, restrictPods],
  [nodes, restrictNodes],
  [persistentVolumeClaim, restrictClaims],
  [serviceAccount, restrictServiceAccounts],
  [lease, restrictLeases],
  [csiNode, restrictCsiNodes],
  [resourceSlice, restrictSlices],
  [certificateSigningRequest, restrictCertificateRequests],
]);

/** NodeRestriction: what the Node authorizer cannot see of a kubelet's request, as it depends on what is written. */
export function nodeRestrictionPlugin(lookup: Lookup, authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    mutate(attributes) {
      const node = nodeNameOf(attributes.user);
      const restrict = node === undefined ? undefined : rules.get(attributes.definition);
      if (node === undefined || !restrict) return;
      const restriction = { attributes, node, lookup, authorizer };
      if (node === '') throw refused(restriction, `could not determine node from user ${goQuote(attributes.user.username)}`);
      return restrict(restriction);
    },
  };
}
