import { type ApiError, forbidden } from '../registry/errors.ts';
import type { AdmissionAttributes } from './plugin.ts';

/** The answer to a request that a plugin does not let pass: 403 that names the resource and the object. */
export function refuse({ definition, name }: AdmissionAttributes, message: string): ApiError {
  return forbidden({ group: definition.group, resource: definition.plural }, name, message);
}
