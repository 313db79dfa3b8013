import { X509Certificate } from 'node:crypto';
import { valuesOf } from '../../machinery/header-values.ts';
import type { Authenticator, Credentials, UserInfo } from '../types.ts';
import { subjectOf } from './subject.ts';

/** How a proxy in front of this server names the user, as kube-apiserver's `--requestheader-…` flags say it. */
export interface RequestHeaderOptions {
  /** Common names of the proxies' certificates; empty: any that the authority signed. */
  readonly allowedNames: readonly string[];
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

/** Believes the headers of those proxies that show a certificate of their authority. */
export function requestHeaderAuthenticator(options: RequestHeaderOptions): Authenticator {
  // A connection shows the same certificate for each of its requests.
  const names = new WeakMap<Buffer, string>();
  return {
    authenticate({ frontProxyCertificate, headers = {} }) {
      if (!frontProxyCertificate) return undefined;
      let name = names.get(frontProxyCertificate);
      if (name === undefined) names.set(frontProxyCertificate, (name = subjectOf(new X509Certificate(frontProxyCertificate)).commonName));
      if (options.allowedNames.length > 0 && !options.allowedNames.includes(name)) {
        throw new Error(`x509: subject with cn=${name} is not in the allowed list`);
      }
      return userOf(options, headers);
    },
  };
}

type Headers = NonNullable<Credentials['headers']>;

function userOf(
  { usernameHeaders, uidHeaders, groupHeaders, extraHeaderPrefixes }: RequestHeaderOptions,
  headers: Headers,
): UserInfo | undefined {
  const first = (names: readonly string[]) =>
    textOf(names.map((name) => valuesOf(headers[name.toLowerCase()])[0]).find((value) => value) ?? '');
  const username = first(usernameHeaders);
  if (username === '') return undefined;
  const uid = first(uidHeaders);
  const groups = groupHeaders.flatMap((name) => textsOf(headers[name.toLowerCase()])).filter((group) => group !== '');
  const extra = extraOf(extraHeaderPrefixes, headers);
  return { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
}

function extraOf(prefixes: readonly string[], headers: Headers): Record<string, string[]> | undefined {
  const extra = new Map<string, string[]>();
  for (const prefix of prefixes) {
    for (const name in headers) {
      if (!name.startsWith(prefix.toLowerCase())) continue;
      const key = decoded(name.slice(prefix.length)).toLowerCase();
      extra.set(key, [...(extra.get(key) ?? []), ...textsOf(headers[name])]);
    }
  }
  return extra.size > 0 ? Object.fromEntries(extra) : undefined;
}

function textsOf(header: string | undefined): string[] {
  return valuesOf(header).map(textOf);
}

/** Node takes each byte for a character, where proxies write UTF-8. */
function textOf(value: string): string {
  return Buffer.from(value, 'latin1').toString();
}

// What is no percent encoding is a key as it stands.
function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
