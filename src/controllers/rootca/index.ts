import type { KubeObject } from '../../../api/meta/object.ts';
import { createController } from '../../runtime/controller.ts';
import { isAlreadyExists, isNamespaceTerminating, unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { typed } from '../../runtime/objects.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { configMaps as configMapResource, namespaces as namespaceResource } from '../resources.ts';

/** The ConfigMap of each namespace that holds the certificate. */
export const name = 'kube-root-ca.crt';
const annotations = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/** Keeps the cluster's root certificate in each namespace. */
export function startRootCertificatePublisher(context: ControllerContext): RunningController {
  const { rootCertificate } = context.settings;
  const api = context.clientFor('root-ca-cert-publisher').resource(configMapResource);
  const namespaces = context.informers.for(namespaceResource);
  const configMaps = context.informers.for(configMapResource);
  const controller = createController({ name: 'rootca', workers: 1, reconcile, informers: [namespaces, configMaps] }, context);
  if (rootCertificate === undefined) return run('rootca', []);
  const enqueue = (namespace: KubeObject) => controller.enqueue(keyOf(namespace));
  const enqueueOfMap = (map: KubeObject) => {
    if (map.metadata!.name === name) controller.enqueue(map.metadata!.namespace!);
  };
  namespaces.addHandler({ added: enqueue, updated: enqueue });
  configMaps.addHandler({ updated: enqueueOfMap, deleted: enqueueOfMap });
  const data = { 'ca.crt': rootCertificate };

  async function reconcile(key: string): Promise<void> {
    const namespace = namespaces.getByKey(key);
    if (!namespace || namespace.status?.phase === 'Terminating') return;
    const current = configMaps.get(key, name);
    if (!current) return create(key);
    const intact = current.data?.['ca.crt'] === rootCertificate && Object.keys(current.data).length === 1;
    if (intact && current.metadata!.annotations?.['kubernetes.io/description']) return;
    const metadata = { ...current.metadata, annotations: { ...current.metadata!.annotations, ...annotations } };
    await unlessNotFound(api.update(key, typed(configMapResource, { ...current, metadata, data })));
  }

  async function create(namespace: string): Promise<void> {
    try {
      await api.create(namespace, { apiVersion: 'v1', kind: configMapResource.kind, metadata: { name, namespace, annotations }, data });
    } catch (error) {
      if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) throw error;
    }
  }

  return run('rootca', [controller]);
}
