import { unsupportedMediaType } from '../../registry/errors.ts';
import { type MediaType, mediaTypeNames } from './accept.ts';

const byName: ReadonlyMap<string, MediaType> = new Map([
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['application/vnd.kubernetes.protobuf', 'protobuf'],
]);

/** Parameters have a name and a value; one semicolon may end them. */
const readable = /^[^;]+(;\s*[\w!#$%&'*+.^`|~-]+=([\w!#$%&'*+.^`|~-]+|"[^"]*")\s*)*(;\s*)?$/;

/**
 * The form of a request's body; JSON without a Content-Type. What parameters say does not count.
 * @throws ApiError 415
 */
export function requestMediaType(contentType: string | undefined): MediaType {
  if (!contentType) return 'json';
  const known = byName.get(contentType);
  if (known) return known;
  const mediaType = byName.get(contentType.split(';')[0]!.trim().toLowerCase());
  if (mediaType && (!contentType.includes(';') || readable.test(contentType))) return mediaType;
  const names = Object.values(mediaTypeNames).join(', ');
  throw unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${names}`);
}
