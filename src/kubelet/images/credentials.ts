import { secret as secrets } from '../../../api/core/v1/secret.ts';
import type { Pod, Secret } from '../../../openapi/types.ts';
import type { Client } from '../../client/client.ts';
import { isForbidden, isNotFound } from '../../runtime/errors.ts';

/** What a pod's pull secrets hold. */
export interface PullSecrets {
  /** Those that the kubelet cannot read. */
  readonly missing: readonly string[];
  /** Whether they have credentials for an image. @param fullName with its registry */
  readonly allow: (fullName: string) => boolean;
}

export const noPullSecrets: PullSecrets = { missing: [], allow: () => false };

/** Reads the pull secrets that a pod names. */
export async function pullSecretsOf({ spec, metadata }: Pod, client: Client): Promise<PullSecrets> {
  const names = (spec?.imagePullSecrets ?? []).flatMap(({ name }) => name || []);
  if (names.length === 0) return noPullSecrets;
  const missing: string[] = [];
  const patterns: RegExp[] = [];
  for (const name of names) {
    try {
      patterns.push(...registriesOf(await client.resource<Secret>(secrets).get(metadata!.namespace!, name)).map(patternOf));
    } catch (error) {
      if (!isNotFound(error) && !isForbidden(error)) throw error;
      missing.push(name);
    }
  }
  return { missing, allow: (fullName) => patterns.some((pattern) => pattern.test(fullName)) };
}

/** The registries of a Secret in Docker's form; one that is none in it has none. */
function registriesOf({ data = {} }: Secret): string[] {
  const [whole, old] = [data['.dockerconfigjson'], data['.dockercfg']];
  const text = Buffer.from(whole ?? old ?? '', 'base64').toString();
  try {
    const parsed = JSON.parse(text || '{}');
    return Object.keys((whole ? parsed?.auths : parsed) ?? {});
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** A registry as it is named there: with or without a scheme, with `*` within a label of its host, perhaps with a path that images begin with. */
function patternOf(registry: string): RegExp {
  const name = registry.replace(/^https?:\/\//, '').replace(/\/v[12]\/?$|\/$/, '');
  const literal = name.replace(/^(index|registry-1)\.docker\.io(?=\/|$)/, 'docker.io').replace(/[.+^${}()|[\]\\?]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '[^./]*')}/`);
}
