import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { certificateSigningRequests as requestResource } from '../resources.ts';
import {
  apiServerClient,
  apiServerClientProblem,
  hasCondition,
  kubeletClient,
  kubeletClientProblem,
  kubeletServing,
  kubeletServingProblem,
  legacyUnknown,
  requestText,
} from './requests.ts';

const longest = 365 * 24 * 3600;

/** What each signer of the cluster refuses. */
const signers: Readonly<Record<string, typeof apiServerClientProblem>> = {
  [kubeletServing]: kubeletServingProblem,
  [kubeletClient]: kubeletClientProblem,
  [apiServerClient]: apiServerClientProblem,
  [legacyUnknown]: () => undefined,
};

/** Signs approved requests to the cluster's own signers with its certificate authority. */
export function startCertificateSigner(context: ControllerContext): RunningController {
  const { readCertificateRequest, signCertificate } = context.settings;
  const api = context.clientFor('certificate-controller').resource(requestResource);
  const requests = context.informers.for(requestResource);
  if (!readCertificateRequest || !signCertificate) return run('csrsigning', []);
  const controller = createController(
    { name: 'csrsigning', workers: 5, reconcile, informers: [requests], initialBackoff: 200, maximumBackoff: 1_000_000 },
    context,
  );
  const note = (request: KubeObject) => controller.enqueue(keyOf(request));
  requests.addHandler({ added: note, updated: note });

  async function reconcile(key: string): Promise<void> {
    const request = requests.getByKey(key);
    if (!request || request.status?.certificate) return;
    const { signerName, usages = [], expirationSeconds = longest } = request.spec;
    const problemOf = signers[signerName];
    if (!problemOf || !hasCondition(request, 'Approved') || hasCondition(request, 'Denied') || hasCondition(request, 'Failed')) return;
    const text = requestText(request);
    const problem = problemOf(await readCertificateRequest!(text), usages);
    if (problem !== undefined) return fail(request, problem);
    const certificate = await signCertificate!(text, usages, Math.min(expirationSeconds, longest) * 1000);
    await writeStatus(request, { ...request.status, certificate: Buffer.from(certificate).toString('base64') });
  }

  async function fail(request: KubeObject, message: string): Promise<void> {
    const condition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message };
    await writeStatus(request, { ...request.status, conditions: [...request.status.conditions, condition] });
  }

  async function writeStatus(request: KubeObject, status: object): Promise<void> {
    await api.update('', typed(requestResource, { ...request, status }), { subresource: 'status' });
  }

  return run('csrsigning', [controller]);
}
