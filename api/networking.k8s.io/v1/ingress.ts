import type { HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressTLS } from '../../../openapi/types.ts';
import { ageColumn, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, invalid, notSupported, required } from '../../meta/field.ts';
import { ipWarnings, parseIP, validateLegacyIP } from '../../meta/ip.ts';
import {
  isDns1123Label,
  isDns1123Subdomain,
  isPortName,
  isPortNumber,
  isWildcardDns1123Subdomain,
  nameIsDnsSubdomain,
  nameIsPathSegment,
} from '../../meta/names.ts';
import { asSent } from '../../meta/sent-empty.ts';
import { specAndStatus, statusSubresource } from '../../meta/statuses.ts';

const path = FieldPath.of('spec');
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const classAnnotation = 'kubernetes.io/ingress.class';
const invalidPathSequences = ['//', '/./', '/../', '%2f', '%2F'];
const invalidPathSuffixes = ['/..', '/.'];

const secretNameErrors = ({ secretName }: IngressTLS): string[] => (secretName ? nameIsDnsSubdomain(secretName, false) : []);

/** @param old of an update; secrets' names and rules of wildcard hosts that were stored before they were checked may stay bad */
function validateIngress({ metadata, spec = {} }: Ingress, old?: Ingress): FieldError[] {
  const anySecretName = (old?.spec?.tls ?? []).some((tls) => secretNameErrors(tls).length > 0);
  const anyWildcardRule = (old?.spec?.rules ?? []).some((rule) => rule.host?.includes('*') && validateRule(rule, path).length > 0);
  const errors = validateCoreMeta(metadata, { namespaced: true });
  if (!spec.rules?.length && !spec.defaultBackend) {
    errors.push(invalid(path, asSent(spec, 'rules'), 'either `defaultBackend` or `rules` must be specified'));
  }
  if (spec.defaultBackend) errors.push(...validateBackend(spec.defaultBackend, path.child('defaultBackend')));
  for (const [i, rule] of (spec.rules ?? []).entries()) {
    const at = path.child('rules').index(i);
    errors.push(...validateHost(rule.host ?? '', at.child('host')));
    if (!anyWildcardRule || !rule.host?.includes('*')) errors.push(...validateRule(rule, at));
  }
  for (const [i, tls] of (spec.tls ?? []).entries()) {
    for (const [n, host] of (tls.hosts ?? []).entries()) {
      const at = path.child('tls').index(i).child('hosts').index(n);
      const check = host.includes('*') ? isWildcardDns1123Subdomain : isDns1123Subdomain;
      errors.push(...check(host).map((message) => invalid(at, host, message)));
    }
    if (anySecretName) continue;
    const at = path.child('tls').index(i).child('secretName');
    errors.push(...secretNameErrors(tls).map((message) => invalid(at, tls.secretName, message)));
  }
  const { ingressClassName } = spec;
  if (ingressClassName !== undefined) {
    errors.push(
      ...nameIsDnsSubdomain(ingressClassName, false).map((message) => invalid(path.child('ingressClassName'), ingressClassName, message)),
    );
  }
  return errors;
}

function validateRule({ http }: IngressRule, at: FieldPath): FieldError[] {
  if (!http) return [];
  const paths = http.paths ?? [];
  const place = at.child('http', 'paths');
  return paths.length === 0 ? [required(place)] : paths.flatMap((one, n) => validatePath(one, place.index(n)));
}

function validateHost(host: string, at: FieldPath): FieldError[] {
  if (host === '') return [];
  const errors = parseIP(host) ? [invalid(at, host, 'must be a DNS name, not an IP address')] : [];
  const check = host.includes('*') ? isWildcardDns1123Subdomain : isDns1123Subdomain;
  return [...errors, ...check(host).map((message) => invalid(at, host, message))];
}

function validatePath({ path: text = '', pathType, backend }: HTTPIngressPath, at: FieldPath): FieldError[] {
  if (pathType === undefined || pathType === null) return [required(at.child('pathType'), 'pathType must be specified')];
  const errors: FieldError[] = [];
  const place = at.child('path');
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!text.startsWith('/')) errors.push(invalid(place, text, 'must be an absolute path'));
    if (text !== '') {
      for (const sequence of invalidPathSequences) {
        if (text.includes(sequence)) errors.push(invalid(place, text, `must not contain '${sequence}'`));
      }
      for (const suffix of invalidPathSuffixes) {
        if (text.endsWith(suffix)) errors.push(invalid(place, text, `cannot end with '${suffix}'`));
      }
    }
  } else if (pathType === 'ImplementationSpecific') {
    if (text !== '' && !text.startsWith('/')) errors.push(invalid(place, text, 'must be an absolute path'));
  } else errors.push(notSupported(at.child('pathType'), pathType, pathTypes));
  return [...errors, ...validateBackend(backend, at.child('backend'))];
}

function validateBackend({ service, resource }: IngressBackend, at: FieldPath): FieldError[] {
  if (resource && service) return [invalid(at, '', 'cannot set both resource and service backends')];
  if (resource) {
    const errors: FieldError[] = [];
    const place = at.child('resource');
    const { apiGroup, kind, name } = resource;
    // Written without omitempty, and so null where it was left out.
    if (typeof apiGroup === 'string')
      errors.push(...isDns1123Subdomain(apiGroup).map((message) => invalid(place.child('apiGroup'), apiGroup, message)));
    for (const [field, value] of [
      ['kind', kind],
      ['name', name],
    ] as const) {
      if (!value) errors.push(required(place.child(field)));
      else errors.push(...nameIsPathSegment(value, false).map((message) => invalid(place.child(field), value, message)));
    }
    return errors;
  }
  if (!service) return [invalid(at, '', 'resource or service backend is required')];
  const errors: FieldError[] = [];
  const place = at.child('service');
  if (!service.name) errors.push(required(place.child('name')));
  else errors.push(...isDns1123Label(service.name).map((message) => invalid(place.child('name'), service.name, message)));
  const { name, number } = service.port ?? {};
  if (name && number) return [...errors, invalid(at, '', 'cannot set both port name & port number')];
  if (name) return [...errors, ...isPortName(name).map((message) => invalid(place.child('port', 'name'), name, message))];
  if (number) return [...errors, ...isPortNumber(number).map((message) => invalid(place.child('port', 'number'), number, message))];
  return [...errors, required(at, 'port name or number is required')];
}

function validateStatus({ metadata, status }: Ingress, old: Ingress): FieldError[] {
  const errors = validateCoreMetaUpdate(metadata, old.metadata);
  const at = FieldPath.of('status', 'loadBalancer', 'ingress');
  const known = (old.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  for (const [i, { ip, hostname }] of (status?.loadBalancer?.ingress ?? []).entries()) {
    const place = at.index(i);
    if (ip) errors.push(...validateLegacyIP(place.child('ip'), ip, known));
    if (hostname) {
      errors.push(...isDns1123Subdomain(hostname).map((message) => invalid(place.child('hostname'), hostname, message)));
      if (parseIP(hostname)) errors.push(invalid(place.child('hostname'), hostname, 'must be a DNS name, not an IP address'));
    }
  }
  return errors;
}

function statusWarnings({ status }: Ingress): string[] {
  const at = FieldPath.of('status', 'loadBalancer', 'ingress');
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) => (ip ? ipWarnings(at.index(i), ip) : []));
}

function hostsOf({ spec }: Ingress): string {
  const hosts = [...new Set((spec?.rules ?? []).map(({ host }) => host ?? '').filter((host) => host !== ''))];
  if (hosts.length === 0) return '*';
  return hosts.length > 3 ? `${hosts.slice(0, 3).join(',')} + ${hosts.length - 3} more...` : hosts.join(',');
}

/** Ingresses. Compared with v1.36.3: hosts, paths, backends, TLS, class, status, generations, table. */
export const ingress = defineResource<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  upstreamPrefix: 'ingress',
  shortNames: ['ing'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.networking.v1.Ingress',
  subresources: [statusSubresource<Ingress>({ validateUpdate: validateStatus, warnings: statusWarnings })],
  columns: [
    nameColumn,
    {
      name: 'Class',
      type: 'string',
      description: 'The name of the IngressClass resource that should be used for additional configuration',
      cell: ({ spec, metadata }) => spec?.ingressClassName ?? metadata?.annotations?.[classAnnotation] ?? '<none>',
    },
    {
      name: 'Hosts',
      type: 'string',
      description: 'Hosts that incoming requests are matched against before the ingress rule',
      cell: hostsOf,
    },
    {
      name: 'Address',
      type: 'string',
      description: 'Address is a list containing ingress points for the load-balancer',
      cell: ({ status }) =>
        (status?.loadBalancer?.ingress ?? [])
          .map(({ ip, hostname }) => ip || hostname || '')
          .filter((address) => address !== '')
          .join(','),
    },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of TLS configurations that open',
      cell: ({ spec }) => (spec?.tls?.length ? '80, 443' : '80'),
    },
    ageColumn,
  ],
  resetFields: [['status']],
  defaults(object) {
    object.spec ??= {};
  },
  ...specAndStatus(() => ({ loadBalancer: {} })),
  validate(object) {
    const errors = validateIngress(object);
    const annotation = object.metadata?.annotations?.[classAnnotation];
    const named = object.spec?.ingressClassName;
    if (annotation !== undefined && named !== undefined && annotation !== named) {
      const at = FieldPath.of('annotations').child(classAnnotation);
      errors.push(invalid(at, annotation, 'must match `ingressClassName` when both are specified'));
    }
    return errors;
  },
  validateUpdate: (object, old) => [...validateCoreMetaUpdate(object.metadata, old.metadata), ...validateIngress(object, old)],
  warnings({ metadata, spec }, old) {
    if (old || metadata?.annotations?.[classAnnotation] === undefined || spec?.ingressClassName !== undefined) return [];
    return [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`];
  },
});
