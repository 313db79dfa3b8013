import { formatGoDuration } from '../../../api/meta/duration.ts';
import { explain } from '../../machinery/schema/explain.ts';
import { boolean, int64, object, string } from '../../machinery/schema/shapes.ts';
import type { WebhookEndpoint } from '../../machinery/webhook-endpoint.ts';
import type { ImagePolicyOptions } from './image-policy-webhook.ts';

const imagePolicy = object('imagePolicyWebhookConfig', {
  kubeConfigFile: string,
  allowTTL: int64,
  denyTTL: int64,
  retryBackoff: int64,
  defaultAllow: boolean,
});
const shape = object('', { imagePolicy });

/** A number that -1 turns off and 0 leaves at its default. */
interface Limits {
  readonly unit: number;
  readonly least: number;
  readonly most: number;
  readonly preset: number;
}

const second = 1000;
const minute = 60 * second;
const allowTtl: Limits = { unit: second, least: second, most: 30 * minute, preset: 5 * minute };
const denyTtl: Limits = { ...allowTtl, preset: 30 * second };
const retryBackoff: Limits = { unit: 1, least: 1e-6, most: 5 * minute, preset: 500 };

/**
 * What the plugin's document says. @param readEndpoint the webhook that a kubeconfig names
 * @throws Error in kube-apiserver's words
 */
export async function imagePolicyOptions(
  document: any,
  readEndpoint: (file: string) => Promise<WebhookEndpoint>,
): Promise<ImagePolicyOptions> {
  if (document === undefined) throw new Error('no config specified');
  const problem = explain(document, shape);
  if (problem !== undefined) throw new Error(problem);
  const { kubeConfigFile, defaultAllow = false, ...numbers } = document?.imagePolicy ?? {};
  const limits = {
    retryBackoff: within(numbers.retryBackoff, retryBackoff),
    allowTtl: within(numbers.allowTTL, allowTtl),
    denyTtl: within(numbers.denyTTL, denyTtl),
  };
  if (!kubeConfigFile) {
    throw new Error('invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable');
  }
  return { ...limits, defaultAllow, endpoint: await readEndpoint(kubeConfigFile) };
}

function within(given: number | undefined, { unit, least, most, preset }: Limits): number {
  if (given === -1) return 0;
  if (!given) return preset;
  const value = given * unit;
  if (value >= least && value <= most) return value;
  const shown = (milliseconds: number) =>
    milliseconds < 1 && milliseconds > 0 ? `${milliseconds * 1e6}ns` : formatGoDuration(milliseconds);
  throw new Error(`valid value is between ${shown(least)} and ${shown(most)}, got ${shown(value)}`);
}
