import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { certificateSigningRequests as requestResource, subjectAccessReviews as reviewResource } from '../resources.ts';
import { hasCondition, kubeletClient, kubeletClientProblem, requestText } from './requests.ts';

/** Approves requests of kubelets for their own client certificates, if who asks may have such. */
export function startCertificateApprover(context: ControllerContext): RunningController {
  const { readCertificateRequest } = context.settings;
  const client = context.clientFor('certificate-controller');
  const api = client.resource(requestResource);
  const reviews = client.resource(reviewResource);
  const requests = context.informers.for(requestResource);
  if (!readCertificateRequest) return run('csrapproving', []);
  const controller = createController(
    { name: 'csrapproving', workers: 5, reconcile, informers: [requests], initialBackoff: 200, maximumBackoff: 1_000_000 },
    context,
  );
  const note = (request: KubeObject) => controller.enqueue(keyOf(request));
  requests.addHandler({ added: note, updated: note });

  async function reconcile(key: string): Promise<void> {
    const request = requests.getByKey(key);
    if (!request || request.status?.certificate || hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return;
    if (request.spec.signerName !== kubeletClient) return;
    const asked = await readCertificateRequest!(requestText(request));
    if (kubeletClientProblem(asked, request.spec.usages ?? [])) return;
    if (request.spec.username === asked.commonName && (await mayHave(request, 'selfnodeclient'))) {
      return approve(request, 'Auto approving self kubelet client certificate after SubjectAccessReview.');
    }
    if (await mayHave(request, 'nodeclient')) {
      await approve(request, 'Auto approving kubelet client certificate after SubjectAccessReview.');
    }
  }

  async function mayHave({ spec }: KubeObject, subresource: string): Promise<boolean> {
    const { group, plural } = requestResource;
    const resourceAttributes = { group, resource: plural, verb: 'create', subresource };
    const { username: user, uid, groups, extra } = spec;
    const { group: reviewGroup, version, kind } = reviewResource;
    const review = await reviews.create('', {
      apiVersion: apiVersionOf(reviewGroup, version),
      kind,
      spec: { user, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}), resourceAttributes },
    });
    return review.status?.allowed === true;
  }

  async function approve(request: KubeObject, message: string): Promise<void> {
    const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
    const conditions = [...(request.status?.conditions ?? []), condition];
    await api.update('', typed(requestResource, { ...request, status: { ...request.status, conditions } }), { subresource: 'approval' });
  }

  return run('csrapproving', [controller]);
}
