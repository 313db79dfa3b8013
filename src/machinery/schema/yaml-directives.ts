/** The line of a fault, counted from 0, and whether Go's scanner finds it, which tells the line after its own counting; its parser does not. */
interface Fault {
  readonly message: string;
  readonly line: number;
  readonly scanned: boolean;
}

const named = /^%([\w-]+)(?:[ \t]+|(?=\r?$))/;
const version = /^(\d*)(\.?)(\d*)(.*)$/;
const endOfLine = /^[ \t]*(#.*)?\r?$/;
const longestNumber = 2;

/**
 * What is wrong with the directives before the first document, in the words of Go's library, with the line as it counts; nothing if they hold.
 * `%YAML` other than 1.1 is refused, and so are directives without a document's beginning after them.
 */
export function directiveFault(text: string): string | undefined {
  if (!/^(?:[ \t]*(?:#.*)?\r?\n)*%/.test(text)) return undefined;
  const fault = firstFault(text.split('\n'));
  if (!fault) return undefined;
  const line = fault.line > 0 && fault.scanned ? fault.line + 1 : fault.line;
  return line > 0 ? `yaml: line ${line}: ${fault.message}` : `yaml: ${fault.message}`;
}

function firstFault(lines: readonly string[]): Fault | undefined {
  const seen = new Set<string>();
  for (const [line, content] of lines.entries()) {
    if (endOfLine.test(content)) continue;
    if (!content.startsWith('%')) {
      if (/^---(?:\s|$)/.test(content)) return undefined;
      return { message: 'did not find expected <document start>', line, scanned: false };
    }
    const name = named.exec(content);
    const rest = content.slice(name?.[0].length ?? 0);
    if (!name) return { message: 'could not find expected directive name', line, scanned: true };
    const wrong = name[1] === 'YAML' ? versionFault(rest) : name[1] === 'TAG' ? tagFault(rest) : 'found unknown directive name';
    if (wrong !== undefined) return { message: wrong, line, scanned: true };
    const key = name[1] === 'YAML' ? 'YAML' : `TAG ${rest.split(/[ \t]/)[0]}`;
    if (seen.has(key)) return { message: `found duplicate %${name[1]} directive`, line, scanned: false };
    seen.add(key);
    if (key === 'YAML' && !isReadVersion(rest)) return { message: 'found incompatible YAML document', line, scanned: false };
  }
  return { message: 'did not find expected <document start>', line: lines.length, scanned: false };
}

function versionFault(text: string): string | undefined {
  const [, major = '', dot, minor = '', rest = ''] = version.exec(text)!;
  if (major === '') return 'did not find expected version number';
  if (major.length > longestNumber || minor.length > longestNumber) return 'found extremely long version number';
  if (dot === '') return "did not find expected digit or '.' character";
  if (minor === '') return 'did not find expected version number';
  return endOfLine.test(rest) ? undefined : 'did not find expected comment or line break';
}

function isReadVersion(text: string): boolean {
  const [, major, , minor] = version.exec(text)!;
  return Number(major) === 1 && Number(minor) === 1;
}

function tagFault(text: string): string | undefined {
  return text.startsWith('!') ? undefined : "did not find expected '!'";
}
