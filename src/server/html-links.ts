/*
 * Pages that are reached through the API server have their links begin with the path under which they are reached, so that browsers find what belongs to them.
 */

/** The attributes that hold links (HTML Living Standard, and some older ones that are still met), by element. */
const linkAttributes: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

/** A start tag with its attributes; what is no markup (comments, the insides of scripts and styles) is found first. */
const markup = /<!--.*?-->|<(script|style)(\s[^>]*)?>.*?<\/\1\s*>|<([a-z][a-z0-9]*)(\s[^>]*)>/gis;
const attribute = /([^\s"'>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/**
 * A page with its links below a path.
 * @param prefix the path under which it is reached
 * @param host of the server, `host:port`: links that name it are its own
 */
export function rewriteLinks(page: string, prefix: string, host: string): string {
  const inTag = (tag: string, element: string): string => {
    const names = linkAttributes[element.toLowerCase()];
    if (!names) return tag;
    return tag.replace(attribute, (whole, name: string, between: string, value: string) => {
      if (!names.includes(name.toLowerCase())) return whole;
      const [, quote = '', link = value] = /^(["'])(.*)\1$/s.exec(value) ?? [];
      return `${name}${between}${quote}${rewriteLink(link, prefix, host)}${quote}`;
    });
  };
  return page.replace(markup, (whole, raw: string | undefined, _attributes, element: string | undefined) => {
    if (element) return inTag(whole, element);
    if (!raw) return whole;
    const end = whole.indexOf('>') + 1;
    return inTag(whole.slice(0, end), raw) + whole.slice(end);
  });
}

/**
 * A link below a path: one that begins with a slash, and does not lead to another host.
 * @param prefix, host as in `rewriteLinks`
 */
export function rewriteLink(link: string, prefix: string, host: string): string {
  const [, to, path] = /^(?:(?:https?:)?\/\/([^/?#]*))?([^?#]*)/i.exec(link)!;
  if ((to !== undefined && to !== host) || !path!.startsWith('/') || path!.startsWith(prefix)) return link;
  return prefix + link.slice(link.indexOf(path!, to === undefined ? 0 : link.indexOf(to) + to.length));
}
