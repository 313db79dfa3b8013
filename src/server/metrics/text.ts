import { compareText } from '../../../api/meta/text.ts';
import { escapeText, labelsText, seriesText, valueText } from '../../machinery/exposition.ts';
import type { Histogram, Labels, Sample } from '../../machinery/histogram.ts';
import type { MetricFamily } from '../../machinery/metrics.ts';

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
  let text = `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n`;
  for (const { labels, value } of series) {
    if (typeof value === 'number') {
      text += `${seriesText(name, labels)} ${valueText(value)}\n`;
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
  const names = Object.keys(labels).sort();
  const known = { text: labelsText(labels), order: names.map((name) => `${labels[name]}\0`).join('') };
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
  const all = valueText(observations);
  let cumulative = 0;
  const buckets = endsOf(bounds).map((end, i) => `${bucket}${end}"} ${valueText((cumulative += counts[i]!))}\n`);
  const rest = `${bucket}+Inf"} ${all}\n${seriesText(`${name}_sum`, labels)} ${valueText(sum)}\n${seriesText(`${name}_count`, labels)} ${all}\n`;
  const text = Buffer.from(buckets.join('') + rest);
  printed.set(histogram, { name, observations, labels, text });
  return text;
}

/** By the bounds that all histograms of one sort share. */
const ends = new WeakMap<readonly number[], readonly string[]>();

function endsOf(bounds: readonly number[]): readonly string[] {
  let known = ends.get(bounds);
  if (!known) ends.set(bounds, (known = bounds.map(valueText)));
  return known;
}
