import type { ResourceDefinition } from '../../api/define.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { Schema } from '../../openapi/schema.ts';
import type { Authorizer } from '../auth/types.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import type { Random } from '../machinery/random.ts';
import type { Lookup } from './lookup.ts';
import type { AdmissionMetrics } from './metrics/admission-metrics.ts';

/** What plugins are made of: the cluster as the API server knows it. */
export interface AdmissionEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: AdmissionMetrics;
  readonly lookup: Lookup;
  readonly authorizer: Authorizer;
  /** All versions in which a definition's resource is served, itself included. */
  siblings(definition: ResourceDefinition): readonly ResourceDefinition[];
  definitionOfKind(apiVersion: string, kind: string): ResourceDefinition | undefined;
  schemaOf(definition: ResourceDefinition): Schema;
  /** An object of any kind with its keys in the order in which Go's encoder writes them. */
  inOrder(object: KubeObject): KubeObject;
  /** An object that a plugin changed, as decoding it would give it: types checked, pruned, defaulted. @throws DecodeError */
  conform(object: KubeObject, options?: { readonly strict: boolean }): KubeObject;
}
