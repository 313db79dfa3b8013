import { createHash } from 'node:crypto';
import { parseImageName } from '../../../api/core/v1/image-name.ts';

/** What a name of an image stands for: its full name (`docker.io/library/nginx:latest`), or why it is none, in the words of the registry's client. */
export function resolveImage(image: string): { readonly fullName: string; readonly invalid?: string } {
  const parsed = parseImageName(image);
  if (!parsed) return { fullName: image, invalid: faultOf(image) };
  const { repository, tag, digest } = parsed;
  return { fullName: `${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}` };
}

function faultOf(image: string): string {
  if (/^[a-f0-9]{64}$/.test(image)) return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`;
  const path = image.replace(/[:@][^/]*$/, '');
  const lower = image.replace(path, path.toLowerCase());
  const named = path.includes('/') ? path : `library/${path}`;
  return `invalid reference format${parseImageName(lower) ? `: repository name (${named}) must be lowercase` : ''}`;
}

/** The identifier that a runtime would report for an image, the same for each node. */
export function imageIdOf(image: string): string {
  const parsed = parseImageName(image);
  if (!parsed) return '';
  return `${parsed.repository}@${parsed.digest || `sha256:${createHash('sha256').update(image).digest('hex')}`}`;
}
