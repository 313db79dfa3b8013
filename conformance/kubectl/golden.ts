import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../harness/cluster.ts';
import { type Entry, formatTranscript, parseTranscript } from './transcript.ts';

/** The minor version whose transcripts are kept whole; for any other one only what differs from it is kept. */
export const wholeMinor = '1.36';

function folderOf(script: string): string {
  return join(root, 'conformance/kubectl', `${script}.golden`);
}

function fileOf(script: string, minor: string): string {
  return join(folderOf(script), `${minor}.txt`);
}

/** The minor versions of kubectl with which a script was recorded from a real cluster. */
export function recordedMinors(script: string): string[] {
  return readdirSync(folderOf(script)).map((name) => name.replace(/\.txt$/, ''));
}

/** What the real cluster's user sees with a kubectl of this minor version, by title. */
export function readGolden(script: string, minor: string): Map<string, string> {
  const entries = parseTranscript(readFileSync(fileOf(script, wholeMinor), 'utf8'));
  if (minor === wholeMinor || !existsSync(fileOf(script, minor))) return entries;
  for (const [title, output] of parseTranscript(readFileSync(fileOf(script, minor), 'utf8'))) entries.set(title, output);
  return entries;
}

export function writeGolden(script: string, minor: string, entries: readonly Entry[]): void {
  mkdirSync(folderOf(script), { recursive: true });
  let kept = entries;
  if (minor !== wholeMinor) {
    rmSync(fileOf(script, minor), { force: true });
    const whole = readGolden(script, wholeMinor);
    kept = entries.filter(({ title, output }) => whole.get(title) !== output);
  }
  writeFileSync(fileOf(script, minor), formatTranscript(kept));
}
