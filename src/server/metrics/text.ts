import { compareText } from '../../../api/meta/text.ts';
import type { Histogram, Sample } from '../../machinery/histogram.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';
import type { Labels } from './request-labels.ts';

/**
 * A metric in Prometheus' text format, to the character as Go's client prints it: no empty lines, labels in alphabetical order, series by
 * their labels' values, numbers with an exponent from a million on.
 * @returns its parts, in UTF-8; none of what has no series
 */
export function metricText({ name, help, type, samples }: MetricFamily): Buffer[] {
  const series = Array.from(samples(), (sample) => new Line(sample));
  if (series.length === 0) return [];
  if (series.length > 1) series.sort((a, b) => compareText(a.order, b.order));
  const parts: Buffer[] = [];
  let text = `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;
  for (const { labels, value } of series) {
    if (typeof value === 'number') {
      text += `${name}${braced(labels)} ${numberText(value)}\n`;
      continue;
    }
    if (text !== '') parts.push(Buffer.from(text));
    text = '';
    parts.push(histogramText(name, labels, value));
  }
  if (text !== '') parts.push(Buffer.from(text));
  return parts;
}

/** A series with its labels as text. */
class Line {
  readonly labels: string;
  /** What it is sorted by. */
  readonly order: string;
  readonly value: number | Histogram;

  constructor({ labels, value }: Sample) {
    const known = texts.get(labels) ?? remembered(labels);
    this.labels = known.text;
    this.order = known.order;
    this.value = value;
  }
}

interface LabelText {
  readonly text: string;
  readonly order: string;
}

/** Most series have the same labels at each look. */
const texts = new WeakMap<Labels, LabelText>();

function remembered(labels: Labels): LabelText {
  let text = '';
  let order = '';
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name]!;
    text += `${text === '' ? '' : ','}${name}="${escaped(value).replaceAll('"', '\\"')}"`;
    order += `${value}\0`;
  }
  const known = { text, order };
  texts.set(labels, known);
  return known;
}

interface HistogramText {
  readonly name: string;
  readonly observations: number;
  readonly labels: string;
  readonly text: Buffer;
}

/** Most histograms have observed nothing since the look before. */
const printed = new WeakMap<Histogram, HistogramText>();

function histogramText(name: string, labels: string, histogram: Histogram): Buffer {
  const { bounds, counts, observations, sum } = histogram;
  const last = printed.get(histogram);
  if (last?.observations === observations && last.name === name && last.labels === labels) return last.text;
  const bucket = `${name}_bucket{${labels === '' ? '' : `${labels},`}le="`;
  const own = braced(labels);
  const all = numberText(observations);
  let cumulative = 0;
  const buckets = endsOf(bounds).map((end, i) => `${bucket}${end}"} ${numberText((cumulative += counts[i]!))}\n`);
  const rest = `${bucket}+Inf"} ${all}\n${name}_sum${own} ${numberText(sum)}\n${name}_count${own} ${all}\n`;
  const text = Buffer.from(buckets.join('') + rest);
  printed.set(histogram, { name, observations, labels, text });
  return text;
}

/** By the bounds that all histograms of one sort share. */
const ends = new WeakMap<readonly number[], readonly string[]>();

function endsOf(bounds: readonly number[]): readonly string[] {
  let known = ends.get(bounds);
  if (!known) ends.set(bounds, (known = bounds.map(numberText)));
  return known;
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}

function escaped(text: string): string {
  return text.includes('\\') || text.includes('\n') ? text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : text;
}

/** As Go prints a number: with an exponent of two digits from a million on, and below a ten-thousandth. */
function numberText(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-4 && size < 1e6)) return String(value);
  if (size === Number.POSITIVE_INFINITY) return value > 0 ? '+Inf' : '-Inf';
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
