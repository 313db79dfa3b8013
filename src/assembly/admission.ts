import { dirname, resolve } from 'node:path';
import { noConfigurations, readAdmissionConfiguration } from '../admission/configuration.ts';
import { type PluginChoice, pluginNamesProblem } from '../admission/plugins.ts';
import type { ApiServerFlags } from '../cli/apiserver-flags.ts';
import { UserError } from '../cli/errors.ts';
import { fileOfFlag, orUserError } from './files.ts';

const failing = 'failed to apply admission: failed to read plugin config: ';

/**
 * The admission plugins that the flags choose, with their configurations.
 * @throws UserError in kube-apiserver's words
 */
export async function chosenPlugins(flags: ApiServerFlags): Promise<PluginChoice> {
  const { enableAdmissionPlugins: enabled = [], disableAdmissionPlugins: disabled = [], admissionControlConfigFile: file } = flags;
  const problem = pluginNamesProblem(enabled, disabled);
  if (problem !== undefined) throw new UserError(problem);
  if (file === undefined) return { enabled, disabled, configurations: noConfigurations };
  const text = await fileOfFlag(file).catch((error: Error) => {
    throw new UserError(`${failing}unable to read admission control configuration from ${JSON.stringify(file)} [${error.message}]`);
  });
  const beside = (path: string) => fileOfFlag(resolve(dirname(file), path));
  return { enabled, disabled, configurations: await orUserError(() => readAdmissionConfiguration(text, beside), failing) };
}
