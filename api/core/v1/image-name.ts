/** References to container images, by the grammar of the distribution project: `[domain/]path[:tag][@digest]`. */

const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const domainPart = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainForm = `(?:${domainPart}(?:\\.${domainPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const digestForm = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(`^((?:${domainForm}/)?${pathPart}(?:/${pathPart})*)(?::(\\w[\\w.-]{0,127}))?(?:@(${digestForm}))?$`);
const imageId = /^[a-f0-9]{64}$/;
const digestLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };
const longestName = 255;

export interface ImageName {
  /** With the registry's domain: `docker.io/library/nginx`. */
  readonly repository: string;
  /** `latest` where there is neither a tag nor a digest. */
  readonly tag: string;
  readonly digest: string;
}

/** @returns undefined for what no registry could have */
export function parseImageName(image: string): ImageName | undefined {
  if (imageId.test(image)) return undefined;
  const [domain, rest] = splitDomain(image);
  const match = reference.exec(`${domain}/${rest}`);
  if (!match || match[1]!.length > longestName) return undefined;
  const [repository, tag = '', digest = ''] = match.slice(1) as [string, string?, string?];
  if (digest !== '' && !isDigest(digest)) return undefined;
  return { repository, tag: tag === '' && digest === '' ? 'latest' : tag, digest };
}

// The first part is a domain only if it looks like one; what has none is Docker's.
function splitDomain(image: string): readonly [domain: string, rest: string] {
  const slash = image.indexOf('/');
  const first = image.slice(0, Math.max(slash, 0));
  const isDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  return isDomain ? [first, image.slice(slash + 1)] : ['docker.io', image.includes('/') ? image : `library/${image}`];
}

function isDigest(digest: string): boolean {
  const [algorithm, hex] = digest.split(':') as [string, string];
  return digestLengths[algorithm] === hex.length && hex.toLowerCase() === hex;
}
