import { readFileSync } from 'node:fs';
import { parseGoDuration } from '../../../api/meta/duration.ts';
import { type FieldError, FieldPath, invalid } from '../../../api/meta/field.ts';

/** An extender with all defaults filled in. */
export interface ExtenderConfiguration {
  readonly urlPrefix: string;
  /** Empty where it does not do that. */
  readonly filterVerb: string;
  readonly preemptVerb: string;
  readonly prioritizeVerb: string;
  readonly bindVerb: string;
  readonly weight: number;
  readonly enableHTTPS: boolean;
  readonly tls: ExtenderTls;
  /** Milliseconds. */
  readonly timeout: number;
  /** It knows the nodes itself: their names are enough. */
  readonly nodeCacheCapable: boolean;
  /** Only pods that ask for one of these concern it; empty: all do. */
  readonly managedResources: readonly { readonly name: string; readonly ignoredByScheduler?: boolean }[];
  /** Pods are scheduled without it where it does not answer. */
  readonly ignorable: boolean;
}

interface ExtenderTls {
  readonly insecure: boolean;
  readonly servername?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const defaultTimeout = 5_000;

/** What a configuration's `extenders` come to. @param written as they were decoded */
export function extendersOf(written: readonly any[] = []): ExtenderConfiguration[] {
  return written.map((extender) => ({
    urlPrefix: extender.urlPrefix ?? '',
    filterVerb: extender.filterVerb ?? '',
    preemptVerb: extender.preemptVerb ?? '',
    prioritizeVerb: extender.prioritizeVerb ?? '',
    bindVerb: extender.bindVerb ?? '',
    weight: extender.weight ?? 0,
    enableHTTPS: extender.enableHTTPS ?? false,
    tls: tlsOf(extender.tlsConfig ?? {}),
    timeout: extender.httpTimeout ? parseGoDuration(extender.httpTimeout) || defaultTimeout : defaultTimeout,
    nodeCacheCapable: extender.nodeCacheCapable ?? false,
    managedResources: extender.managedResources ?? [],
    ignorable: extender.ignorable ?? false,
  }));
}

function tlsOf(written: any): ExtenderTls {
  const read = (file?: string, data?: string): Buffer | undefined =>
    data ? Buffer.from(data, 'base64') : file ? readFileSync(file) : undefined;
  const ca = read(written.caFile, written.caData);
  const cert = read(written.certFile, written.certData);
  const key = read(written.keyFile, written.keyData);
  return {
    insecure: written.insecure ?? false,
    ...(written.serverName ? { servername: written.serverName } : {}),
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
  };
}

export function validateExtenders(extenders: readonly ExtenderConfiguration[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  const all = FieldPath.of('extenders');
  for (const [i, { prioritizeVerb, weight, managedResources }] of extenders.entries()) {
    const path = all.index(i);
    if (prioritizeVerb !== '' && weight <= 0)
      errors.push(invalid(path.child('weight'), weight, 'must have a positive weight applied to it'));
    for (const [j, { name }] of managedResources.entries()) {
      const where = path.child('managedResources').index(j).child('name');
      if (seen.has(name)) errors.push(invalid(where, name, 'duplicate extender managed resource name'));
      seen.add(name);
    }
  }
  const binders = extenders.filter(({ bindVerb }) => bindVerb !== '').length;
  if (binders > 1) errors.push(invalid(all, `found ${binders} extenders implementing bind`, 'only one extender can implement bind'));
  return errors;
}
