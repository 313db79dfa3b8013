import { goQuote } from '../../api/meta/go-quote.ts';
import { apiVersionOf } from '../../api/meta/object.ts';

/** A kind with the versions of it that this server speaks. */
export interface ExpectedKind {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
}

/** Kinds that whoever speaks any group of Kubernetes' knows in any version, known or not, and takes for those of v1. */
export const unversionedKinds: ReadonlySet<string> = new Set(['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'Status']);

/** What decoding an object as a kind in one of its versions says of one that is something else. */
export function wrongKind(object: { apiVersion?: string; kind?: string }, version: string, wanted: ExpectedKind): string | undefined {
  const expected = apiVersionOf(wanted.group, version);
  const { apiVersion = '', kind = '' } = object;
  if ((apiVersion || expected) === expected && (kind || wanted.kind) === wanted.kind) return undefined;
  const [group, of] = apiVersion.split('/');
  const unknownConversion = (from: string) => `converting (${from}.${kind}) to (${version}.${wanted.kind}): unknown conversion`;
  if (kind === wanted.kind && group === wanted.group && wanted.versions.includes(of!)) return unknownConversion(of!);
  if (unversionedKinds.has(kind)) return unknownConversion('v1');
  return notRegistered(apiVersion, kind);
}

/** What is said of a kind that there is not. */
export function notRegistered(apiVersion: string, kind: string): string {
  return `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
}
