import { dirname, resolve } from 'node:path';
import { type ConfigurationFiles, PluginError, readAdmissionConfiguration } from '../admission/configuration.ts';
import { isPluginOn, type PluginChoice, pluginNamesProblem } from '../admission/plugins.ts';
import type { ApiServerFlags } from '../cli/apiserver-flags.ts';
import { UserError } from '../cli/errors.ts';
import { readCredentials, readWebhookKubeconfig } from '../cli/webhook-kubeconfig.ts';
import { fileOfFlag } from './files.ts';

const failing = 'failed to apply admission: ';
const unreadable = `${failing}failed to read plugin config: `;

/**
 * The admission plugins that the flags choose, with their configurations.
 * @throws UserError in kube-apiserver's words
 */
export async function chosenPlugins(flags: ApiServerFlags): Promise<PluginChoice> {
  const { enableAdmissionPlugins: enabled = [], disableAdmissionPlugins: disabled = [], admissionControlConfigFile: file } = flags;
  const problem = pluginNamesProblem(enabled, disabled);
  if (problem !== undefined) throw new UserError(problem);
  const text = file === undefined ? undefined : await textOf(file);
  const files: ConfigurationFiles = {
    read: (path) => fileOfFlag(resolve(dirname(file ?? ''), path)),
    endpoint: readWebhookKubeconfig,
    credentials: readCredentials,
  };
  const { defaultNotReadyTolerationSeconds: notReady, defaultUnreachableTolerationSeconds: unreachable } = flags;
  const tolerationSeconds = { notReady, unreachable };
  const isOn = (plugin: string) => isPluginOn(plugin, enabled, disabled);
  try {
    return { enabled, disabled, configurations: await readAdmissionConfiguration(text, files, isOn), tolerationSeconds };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${error instanceof PluginError ? failing : unreadable}${(error as Error).message}`);
  }
}

function textOf(file: string): Promise<string> {
  return fileOfFlag(file).catch((error: Error) => {
    throw new UserError(`${unreadable}unable to read admission control configuration from ${JSON.stringify(file)} [${error.message}]`);
  });
}
