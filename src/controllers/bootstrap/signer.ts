import { createHmac } from 'node:crypto';
import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isConflict, unlessNotFound } from '../../runtime/errors.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { configMaps as configMapResource, secrets as secretResource } from '../resources.ts';
import { isBootstrapToken, type SigningToken, signingToken } from './tokens.ts';

/** What those who join a cluster read before they know its authority. */
export const clusterInfo = { namespace: 'kube-public', name: 'cluster-info' };
const clusterInfoKey = `${clusterInfo.namespace}/${clusterInfo.name}`;
const content = 'kubeconfig';
const signaturePrefix = 'jws-kubeconfig-';

/** Signs the ConfigMap `cluster-info` with each bootstrap token that is meant for it, so that who has one can trust what is there. */
export function startBootstrapSigner(context: ControllerContext): RunningController {
  const { clock, informers } = context;
  const api = context.clientFor('bootstrap-signer').resource(configMapResource);
  const maps = informers.for(configMapResource);
  const secrets = informers.for(secretResource);
  const controller = createController({ name: 'bootstrap-signer', workers: 1, reconcile, informers: [maps, secrets] }, context);
  const lookAtMap = ({ metadata }: KubeObject) => {
    if (metadata!.namespace === clusterInfo.namespace && metadata!.name === clusterInfo.name) controller.enqueue(clusterInfoKey);
  };
  const lookAtSecret = (secret: KubeObject) => {
    if (isBootstrapToken(secret)) controller.enqueue(clusterInfoKey);
  };
  maps.addHandler({ added: lookAtMap, updated: lookAtMap });
  secrets.addHandler({ added: lookAtSecret, updated: lookAtSecret, deleted: lookAtSecret });

  async function reconcile(): Promise<void> {
    const map = maps.getByKey(clusterInfoKey);
    const data: Readonly<Record<string, string>> = map?.['data'] ?? {};
    const text = data[content];
    if (!map || text === undefined) return;
    const wanted: Record<string, string> = Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith(signaturePrefix)));
    for (const secret of secrets.list()) {
      const token = isBootstrapToken(secret) ? signingToken(secret, clock.now()) : undefined;
      if (token) wanted[signaturePrefix + token.id] = detachedSignature(text, token);
    }
    const keys = new Set([...Object.keys(data), ...Object.keys(wanted)]);
    if ([...keys].every((key) => data[key] === wanted[key])) return;
    await unlessNotFound(api.update(clusterInfo.namespace, { ...map, data: wanted } as KubeObject)).catch((error) => {
      // The informer brings what is there by now.
      if (!isConflict(error)) throw error;
    });
  }

  return run('bootstrap-signer', [controller]);
}

/** A JSON web signature without what it signs (RFC 7515, appendix F). */
export function detachedSignature(text: string, { id, secret }: SigningToken): string {
  const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: id })).toString('base64url');
  const signed = createHmac('sha256', secret).update(`${head}.${Buffer.from(text).toString('base64url')}`);
  return `${head}..${signed.digest('base64url')}`;
}
