import { apiVersionOf } from '../../api/meta/object.ts';

/** A kind with the versions of it that this server speaks. */
export interface ExpectedKind {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
}

/** What decoding an object as a kind in one of its versions says of one that is something else. */
export function wrongKind(object: { apiVersion?: string; kind?: string }, version: string, wanted: ExpectedKind): string | undefined {
  const expected = apiVersionOf(wanted.group, version);
  const { apiVersion = '', kind = '' } = object;
  if ((apiVersion || expected) === expected && (kind || wanted.kind) === wanted.kind) return undefined;
  const [group, of] = apiVersion.split('/');
  if (kind === wanted.kind && group === wanted.group && wanted.versions.includes(of!)) {
    return `converting (${of}.${kind}) to (${version}.${kind}): unknown conversion`;
  }
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
}
