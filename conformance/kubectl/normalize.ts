const generated = '[bcdfghjklmnpqrstvwxz2456789]';

/** What differs between two runs of the same script, and what stands for it. The order matters. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d\d:?\d\d))?( [A-Z]{3}\b)?( m=\S+)?/g, '<time>'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d( [A-Z]+)? \d{4}/g, '<time>'],
  [/(resourceVersion"?: ?)"?\d+"?/g, '$1<revision>'],
  [/(Resource Version: +)\d+/g, '$1<revision>'],
  [/(https:\/\/127\.0\.0\.1:)\d+/g, '$1<port>'],
  [/\b(?!10\.96\.0\.1\b|127\.0\.0\.1\b|0\.0\.0\.0\b)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?!\.)/g, '<ip>'],
  [new RegExp(`-${generated}{8,10}-${generated}{5}\\b`, 'g'), '-<hash>-<random>'],
  [new RegExp(`(pod-template-hash[=:] ?)${generated}{6,10}\\b`, 'g'), '$1<hash>'],
  [new RegExp(`-${generated}{8,10}\\b`, 'g'), '-<hash>'],
  [new RegExp(`-${generated}{5}\\b`, 'g'), '-<random>'],
  [/\.[0-9a-f]{16}\b/g, '.<event>'],
  [/\b3[0-2]\d{3}(\/(?:TCP|UDP))/g, '<node port>$1'],
  [/(nodePort"?: ?)\d+/g, '$1<node port>'],
  [/(X509SHA256=)[0-9a-f]{64}/g, '$1<fingerprint>'],
  [/(nodeName"?: ?)"?[\w-]+"?/g, '$1<node>'],
  [/(Successfully assigned \S+ to )\S+/g, '$1<node>'],
  [/^(Node: +)\S+\/\S+/gm, '$1<node>'],
  [/^(endpointslice\S*\/kubernetes +IPv4 +)\d+/gm, '$1<port>'],
  [/^( *Container ID:).*/gm, '$1 <container>'],
  [/^( *Image ID:).*/gm, '$1 <image>'],
];

/** The columns whose cells differ between runs. */
const volatileColumns = new Map([
  ['AGE', '<age>'],
  ['Age', '<age>'],
  ['DURATION', '<age>'],
  ['LAST SEEN', '<age>'],
  ['NODE', '<node>'],
]);

/** An age, in a row where empty cells leave unclear which column it is of. */
const age = /^(\d+[smhdy]){1,2}$/;

/** The output with everything that differs between two runs replaced, and columns parted by two spaces. */
export function normalize(text: string, { unordered = false } = {}): string {
  let replaced = text;
  for (const [pattern, substitute] of replacements) replaced = replaced.replace(pattern, substitute);
  const lines: string[] = [];
  let columns: string[] | undefined;
  let firstRow = 0;
  const endTable = () => {
    if (columns && unordered) lines.push(...lines.splice(firstRow).sort());
    columns = undefined;
  };
  for (const line of replaced.split('\n')) {
    const [, indent, content] = /^( *)(.*?)\s*$/.exec(line)!;
    const cells = content.split(/ *\t *| {2,}/);
    if (content === '' || isHeader(content, cells)) endTable();
    const whole = cells.length === columns?.length;
    const fixed = cells.map((cell, i) => (/^-+$/.test(cell) || !whole ? cell : (volatileColumns.get(columns![i]) ?? cell)));
    const hasAge = columns?.some((column) => volatileColumns.get(column) === '<age>');
    lines.push(indent + (hasAge ? fixed.map((cell) => cell.replace(age, '<age>')) : fixed).join('  '));
    if (isHeader(content, cells)) {
      columns = cells;
      firstRow = lines.length;
    }
  }
  endTable();
  return lines.join('\n').replace(/\n+$/, '');
}

/** Whether a line heads a table: words in capitals, or those of a table in a description. */
function isHeader(content: string, cells: readonly string[]): boolean {
  return cells.length > 1 && (/^[A-Z][A-Z0-9()/% -]*$/.test(content) || cells.includes('Age'));
}
