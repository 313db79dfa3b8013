import type { FieldError } from '../../../api/meta/field.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { type ApiError, invalid } from '../errors.ts';

/** The fields of a Service's spec that hold what is allocated. */
export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: string[];
  ports?: ServicePort[];
  healthCheckNodePort?: number;
  externalTrafficPolicy?: string;
  allocateLoadBalancerNodePorts?: boolean;
}

interface ServicePort {
  protocol?: string;
  port: number;
  nodePort?: number;
}

export function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIPs?.[0] === 'None' || spec.clusterIP === 'None';
}

export function serviceInvalid(service: KubeObject, errors: readonly FieldError[]): ApiError {
  return invalid({ group: '', kind: 'Service' }, service.metadata?.name ?? '', errors);
}
