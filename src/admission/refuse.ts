import { type ApiError, forbidden } from '../registry/errors.ts';
import type { AdmissionAttributes } from './plugin.ts';

/** The answer to a request that a plugin does not let pass: 403 that names the resource and the object. */
export function refuse({ definition, name, object }: AdmissionAttributes, message: string): ApiError {
  // A name that is to be generated is not there yet while the object may still be changed.
  const shown = name || object?.metadata?.name || object?.metadata?.generateName || 'Unknown';
  return forbidden({ group: definition.group, resource: definition.plural }, shown, message);
}
