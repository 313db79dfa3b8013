import { goQuote } from '../../api/meta/go-quote.ts';
import { parseLabelSelector } from '../../api/meta/label-selector.ts';
import type { KubeObject } from '../../api/meta/object.ts';
import type { ResourceClient } from '../client/client.ts';
import { messageOf } from './errors.ts';

/**
 * Reads the scale of an object as client-go's scale client does, which converts what it gets.
 * @throws Error where it has none, or tells a selector that is none, as custom resources may
 */
export async function getScale(api: ResourceClient, namespace: string, name: string): Promise<KubeObject> {
  const scale = await api.get(namespace, name, { subresource: 'scale' });
  const text: string = scale['status']?.selector ?? '';
  try {
    if (text !== '') parseLabelSelector(text);
  } catch (error) {
    const why = `failed to parse target selector: couldn't parse the selector string ${goQuote(text)}: ${messageOf(error)}`;
    throw new Error(`received an object from a /scale endpoint which was not convertible to autoscaling Scale: ${why}`);
  }
  return scale;
}
