import type { Difference } from './normalize.ts';

/** Answers of two servers that differ. */
export interface Found {
  readonly verb: string;
  readonly path: string;
  readonly body: string;
  readonly differences: readonly Difference[];
}

export interface ReportOptions {
  /** How many of each group are shown. */
  readonly examples: number;
  /** Shows them at full length. */
  readonly verbose: boolean;
}

const lead = 60;

// Answers that differ in status are one group by both messages; others by the first place that differs.
function groupOf({ differences: [first, ...rest] }: Found): string {
  const message = rest.find(({ path }) => path.endsWith('.body.message')) ?? first!;
  const isStatus = first!.path.endsWith('.status');
  const shown = isStatus || message !== first ? message : first!;
  const place = shown.path.replace(/\.\d+(?=\.|$)/g, '[]').replace(/k:\{.*?\}/g, 'k:{}');
  const [want, got] = whereTheyPart(shown);
  const shape = (text: string) => text.replace(/\\*"[^"]*"|\d+/g, '_').slice(0, 160);
  return `${isStatus ? `${first!.want} not ${first!.got} ` : ''}${place}: ${shape(want)} | ${shape(got)}`;
}

// Both values as text, from a little before the first character that differs.
function whereTheyPart({ want, got }: Difference): [want: string, got: string] {
  const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
  const [a, b] = [text(want), text(got)];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - lead);
  return [a.slice(from), b.slice(from)];
}

/** Prints what differs, the most frequent groups first, each with a request that shows it. */
export function report(title: string, count: number, found: readonly Found[], { examples, verbose }: ReportOptions): void {
  console.log(`\n## ${title}: ${found.length} of ${count} answers differ`);
  const groups = new Map<string, Found[]>();
  for (const one of found) {
    const key = groupOf(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const [bodyLength, valueLength, places] = verbose ? [100_000, 10_000, 50] : [3000, 500, 4];
  for (const [key, members] of [...groups].sort((a, b) => b[1].length - a[1].length)) {
    console.log(`\n${members.length}x ${key}`);
    for (const { verb, path, body, differences: list } of members.slice(0, examples)) {
      console.log(`   ${verb} ${path} ${body.slice(0, bodyLength)}`);
      for (const difference of list.filter(({ path }) => !path.startsWith('.body.details')).slice(0, places)) {
        const [want, got] = whereTheyPart(difference);
        console.log(`     ${difference.path}\n       want ${want.slice(0, valueLength)}\n       got  ${got.slice(0, valueLength)}`);
      }
    }
  }
}
