import { InvalidArgumentError, type Command as Program } from 'commander';
import { parseGoDuration } from '../../api/meta/duration.ts';

/** Flags of kube-apiserver that `orrery up` takes under the same names, with the same meaning and defaults. */
export interface ApiServerFlags {
  readonly encryptionProviderConfig?: string;
  readonly encryptionProviderConfigAutomaticReload: boolean;
}

/** Adds the flags to a command, in a group of their own in its help. */
export function addApiServerFlags(command: Program): Program {
  return command
    .optionsGroup('Flags of kube-apiserver, as its reference describes them:')
    .option('--encryption-provider-config <file>', 'which resources are encrypted at rest, and how: an EncryptionConfiguration')
    .option('--encryption-provider-config-automatic-reload [boolean]', 'read it again when it has changed', boolean, false);
}

/** @throws InvalidArgumentError in Go's words */
export function boolean(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  throw new InvalidArgumentError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

export function goDuration(text: string): number {
  try {
    return parseGoDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** The values of a flag that may be given several times, each with several values. */
export function strings(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(',')];
}

/**
 * What kube-apiserver says of flags that do not go together.
 * @returns undefined if they do
 */
export function flagConflict(flags: ApiServerFlags): string | undefined {
  if (flags.encryptionProviderConfigAutomaticReload && flags.encryptionProviderConfig === undefined)
    return '--encryption-provider-config-automatic-reload must be set with --encryption-provider-config';
  return undefined;
}
