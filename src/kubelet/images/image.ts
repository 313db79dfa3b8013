import { createHash } from 'node:crypto';

/** A stand-in for an image that is not emulated: the identifiers that a runtime would report for it, the same for each node. */
export function imageIdOf(image: string): string {
  const slash = image.lastIndexOf('/');
  const at = image.indexOf('@');
  if (at >= 0) return image;
  const colon = image.lastIndexOf(':');
  const name = colon > slash ? image.slice(0, colon) : image;
  return `${withRegistry(name)}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}

// An image without a registry's host comes from Docker Hub, and there from `library` unless an account is named.
function withRegistry(name: string): string {
  const first = name.split('/')[0]!;
  if (name.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')) return name;
  return name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`;
}
