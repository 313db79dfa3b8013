import type { KubeObject } from '../../../api/meta/object.ts';
import { parseTime } from '../../machinery/clock.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { certificateSigningRequests as requestResource } from '../resources.ts';

const hour = 3_600_000;
/** How long requests are kept after they got their last condition, and those that got none after they were made. */
const decidedFor = hour;
const pendingFor = 24 * hour;

/** Deletes CertificateSigningRequests that are done, or that nobody decides. */
export function startCertificateCleaner(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const { certificateEnd } = context.settings;
  const api = context.clientFor('certificate-controller').resource(requestResource);
  const requests = informers.for(requestResource);
  const controller = createController({ name: 'csrcleaner', workers: 1, reconcile, informers: [requests] }, context);
  const note = (request: KubeObject) => controller.enqueue(keyOf(request));
  requests.addHandler({ added: note, updated: note });

  async function reconcile(key: string): Promise<number | undefined> {
    const request = requests.getByKey(key);
    if (!request) return;
    const left = endOf(request) - clock.now();
    if (left > 0) return Number.isFinite(left) ? left : undefined;
    const { uid } = request.metadata!;
    await unlessNotFound(api.delete('', key, { preconditions: { uid: uid! } }));
    return undefined;
  }

  /** When the request is to be deleted; one that is approved waits for its certificate. */
  function endOf(request: KubeObject): number {
    const conditions: { type: string; lastUpdateTime?: string }[] = request.status?.conditions ?? [];
    const certificate: string | undefined = request.status?.certificate;
    if (conditions.length === 0) return parseTime(request.metadata!.creationTimestamp!) + pendingFor;
    const ends = conditions
      .filter(({ type }) => type === 'Denied' || type === 'Failed' || (type === 'Approved' && certificate))
      .map(({ lastUpdateTime }) => (lastUpdateTime ? parseTime(lastUpdateTime) + decidedFor : Number.POSITIVE_INFINITY));
    if (certificate && certificateEnd) ends.push(certificateEnd(Buffer.from(certificate, 'base64').toString()));
    return Math.min(...ends, Number.POSITIVE_INFINITY);
  }

  return run('csrcleaner', [controller]);
}
