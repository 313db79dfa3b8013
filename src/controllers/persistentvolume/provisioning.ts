import type { KubeObject } from '../../../api/meta/object.ts';
import { isAlreadyExists, messageOf } from '../../runtime/errors.ts';
import type { Informer } from '../../runtime/informer.ts';
import { successorOf } from '../../runtime/migrated-volume.ts';
import { boundByController, provisionedBy, storageClassOf } from '../../runtime/persistent-volumes.ts';
import { provisionerAnnotations } from './migration.ts';
import { hasProvisioner, isExternal, ownSource, provisioningPlugin } from './plugins.ts';
import { type BindingState, claimReference } from './state.ts';

/** Has volumes made for claims of a class. */
export class Provisioning {
  private readonly state: BindingState;
  private readonly classes: Informer;

  constructor(state: BindingState, classes: Informer) {
    this.state = state;
    this.classes = classes;
  }

  /** Makes a volume for the claim if its class names our own provisioner, and tells other provisioners that it is their turn. */
  async provision(claim: KubeObject): Promise<void> {
    const { state } = this;
    const name = storageClassOf(claim);
    const storageClass = this.classes.getByKey(name);
    const fail = (message: string) => {
      state.claimEvent(claim, 'Warning', 'ProvisioningFailed', message);
      throw new Error(message);
    };
    if (!storageClass) return fail(`storageclass.storage.k8s.io ${JSON.stringify(name)} not found`);
    const named: string = storageClass['provisioner'];
    const provisioner = successorOf(named) ?? named;
    const isBuiltIn = !hasProvisioner(provisioner) && !isExternal(provisioner);
    try {
      if (isBuiltIn) {
        const plugin = provisioningPlugin(provisioner);
        if (claim.spec.dataSource)
          throw new Error(`plugin ${JSON.stringify(plugin)} is not a CSI plugin. Only CSI plugin can provision a claim with a datasource`);
      }
    } catch (error) {
      return fail(messageOf(error));
    }
    const told = await state.annotateClaim(
      claim,
      Object.fromEntries(provisionerAnnotations.map((annotation) => [annotation, provisioner])),
    );
    if (hasProvisioner(provisioner)) return this.create(told, storageClass);
    if (isBuiltIn) {
      const options: readonly string[] = storageClass['mountOptions'] ?? [];
      return fail(
        options.length > 0
          ? `Mount options are not supported by the provisioner but StorageClass ${JSON.stringify(name)} has mount options [${options.join(' ')}]`
          : `Failed to create provisioner: provisioning in volume plugin ${JSON.stringify(provisioner)} is disabled`,
      );
    }
    state.claimEvent(
      told,
      'Normal',
      'ExternalProvisioning',
      `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
    );
  }

  private async create(claim: KubeObject, storageClass: KubeObject): Promise<void> {
    const { state } = this;
    const provisioner: string = storageClass['provisioner'];
    const name = `pvc-${claim.metadata!.uid}`;
    if (state.volumes.getByKey(name)) return;
    const { accessModes, resources, volumeMode, volumeAttributesClassName } = claim.spec;
    const volume: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations: { [boundByController]: 'yes', [provisionedBy]: provisioner } },
      spec: {
        capacity: { storage: resources.requests.storage },
        accessModes,
        volumeMode,
        ...(volumeAttributesClassName ? { volumeAttributesClassName } : {}),
        persistentVolumeReclaimPolicy: storageClass['reclaimPolicy'] ?? 'Delete',
        storageClassName: storageClass.metadata!.name,
        ...(storageClass['mountOptions'] ? { mountOptions: storageClass['mountOptions'] } : {}),
        claimRef: claimReference(claim),
        ...ownSource(name),
      },
    };
    try {
      await state.volumesApi().create('', volume);
    } catch (error) {
      if (isAlreadyExists(error)) return;
      throw error;
    }
    state.claimEvent(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name} using ${provisioner}`);
  }
}
