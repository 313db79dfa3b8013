import { readFile } from 'node:fs/promises';
import { definitions } from '../../api/index.ts';
import type { ApiServerFlags } from '../cli/apiserver-flags.ts';
import { UserError } from '../cli/errors.ts';
import type { Clock } from '../machinery/clock.ts';
import type { Logger } from '../machinery/logger.ts';
import type { Random } from '../machinery/random.ts';
import { watchFile } from '../machinery/watched-file.ts';
import type { HealthCheck } from '../server/health.ts';
import { readEncryptionConfiguration } from '../storage/encryption/configuration.ts';
import { Encryption } from '../storage/encryption/encryption.ts';
import { keyNames } from './key-names.ts';

export interface EncryptionAtRest {
  readonly codec: Encryption;
  readonly healthChecks: readonly HealthCheck[];
}

/**
 * Encryption at rest as the flags order it. It is there without a configuration too, to tell what a former one has left.
 * @throws UserError in kube-apiserver's words
 */
export async function encryptionAtRest(
  { encryptionProviderConfig: file, encryptionProviderConfigAutomaticReload: reload }: ApiServerFlags,
  parts: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
  signal: AbortSignal,
): Promise<EncryptionAtRest> {
  const { logger } = parts;
  const codec = new Encryption({ ...parts, names: keyNames(definitions) });
  if (file === undefined) return { codec, healthChecks: [] };
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === 'ENOENT' ? 'no such file or directory' : error.message;
    const reading = `error reading encryption provider configuration file ${JSON.stringify(file)}: open ${file}: ${problem}`;
    throw new UserError(`error while parsing file: error while loading file: ${reading}`);
  });
  let configuration: ReturnType<typeof readEncryptionConfiguration>;
  try {
    configuration = readEncryptionConfiguration(text, file);
  } catch (error) {
    throw new UserError(`error while parsing file: ${(error as Error).message}`);
  }
  await codec.use(configuration).catch((error: Error) => {
    throw new UserError(`error while building transformers: ${error.message}`);
  });
  if (reload) {
    const failed = (error: Error) => logger.error({ err: error, file }, 'the encryption configuration stays as it is');
    const changed = async (now: string) => {
      await codec.use(readEncryptionConfiguration(now, file));
      logger.info({ file }, 'the encryption configuration was read again');
    };
    watchFile(file, text, changed, failed, signal);
  }
  const healthChecks = reload || codec.usesKms ? [{ name: 'kms-providers', check: () => codec.checkHealth() }] : [];
  return { codec, healthChecks };
}
