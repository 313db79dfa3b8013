import type { Container, Pod, ServiceAccount } from '../../../openapi/types.ts';

/** As Go reads a boolean. */
const truths: readonly unknown[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];

/** Whether pods of the account may use no other secrets than those that it lists. */
export function limitsSecrets({ metadata }: ServiceAccount): boolean {
  return truths.includes(metadata?.annotations?.['kubernetes.io/enforce-mountable-secrets']);
}

/** Which secret a pod uses that its account does not list, in words; undefined: none. */
export function foreignSecret(pod: Pod, account: ServiceAccount): string | undefined {
  const { volumes = [], initContainers = [], containers = [], imagePullSecrets = [] } = pod.spec!;
  const listed = new Set((account.secrets ?? []).map(({ name }) => name));
  const because = `is not allowed because service account ${account.metadata!.name} does not reference that`;
  for (const { secret } of volumes) {
    if (secret && !listed.has(secret.secretName)) return `volume with secret.secretName="${secret.secretName}" ${because} secret`;
  }
  const inEnvironment =
    foreignInEnvironment('init container', initContainers, listed) ?? foreignInEnvironment('container', containers, listed);
  if (inEnvironment) return `${inEnvironment} ${because} secret`;
  const pulling = new Set((account.imagePullSecrets ?? []).map(({ name }) => name));
  const i = imagePullSecrets.findIndex(({ name }) => !pulling.has(name));
  return i < 0 ? undefined : `imagePullSecrets[${i}].name="${imagePullSecrets[i]!.name}" ${because} imagePullSecret`;
}

/** The same for the ephemeral containers, which come later. */
export function foreignSecretOfEphemeral(pod: Pod, account: ServiceAccount): string | undefined {
  const listed = new Set((account.secrets ?? []).map(({ name }) => name));
  const foreign = foreignInEnvironment('ephemeral container', (pod.spec!.ephemeralContainers ?? []) as Container[], listed);
  return foreign && `${foreign} is not allowed because service account ${account.metadata!.name} does not reference that secret`;
}

function foreignInEnvironment(what: string, containers: readonly Container[], listed: ReadonlySet<string | undefined>): string | undefined {
  for (const { name, env = [], envFrom = [] } of containers) {
    for (const variable of env) {
      const secret = variable.valueFrom?.secretKeyRef?.name;
      if (variable.valueFrom?.secretKeyRef && !listed.has(secret))
        return `${what} ${name} with envVar ${variable.name} referencing secret.secretName="${secret ?? ''}"`;
    }
    for (const { secretRef } of envFrom) {
      if (secretRef && !listed.has(secretRef.name))
        return `${what} ${name} with envFrom referencing secret.secretName="${secretRef.name ?? ''}"`;
    }
  }
  return undefined;
}
