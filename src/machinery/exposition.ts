import { printFloat64 } from '../../api/meta/go-float.ts';
import type { Labels } from './histogram.ts';

/** The media type of Prometheus' text format, as components of Kubernetes answer it. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** Labels as a series has them between its braces: in alphabetical order, as Go's client has them. */
export function labelsText(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return names.map((name) => `${name}="${escapeText(labels[name]!).replaceAll('"', '\\"')}"`).join();
}

/** A series' name and labels. @param text of the labels, as `labelsText` has it */
export function seriesText(name: string, text: string): string {
  return text === '' ? name : `${name}{${text}}`;
}

/** What stands in a line of its own or between quotes, which are not escaped. */
export function escapeText(text: string): string {
  return text.includes('\\') || text.includes('\n') ? text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : text;
}

/** A value as Go's client prints it. */
export function valueText(value: number): string {
  if (Math.abs(value) === Number.POSITIVE_INFINITY) return value > 0 ? '+Inf' : '-Inf';
  return printFloat64(value);
}
