import { labelsText, seriesText, valueText } from '../../machinery/exposition.ts';
import type { Labels } from '../../machinery/histogram.ts';

/** One series of a metric. */
export interface Series {
  readonly labels?: Labels;
  readonly value: number;
}

/** A metric with its series, as a page of metrics shows it. */
export interface ShownMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly series: readonly Series[];
  /** When its values were measured, in milliseconds since the epoch, where that is told. */
  readonly time?: number;
}

/** Metrics by their names in Prometheus' text format. What has no series is not shown. */
export function expositionOf(metrics: readonly ShownMetric[]): string {
  let text = '';
  for (const { name, help, type, series, time } of metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (series.length === 0) continue;
    text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    for (const { labels = {}, value } of series) {
      text += `${seriesText(name, labelsText(labels))} ${valueText(value)}${time === undefined ? '' : ` ${time}`}\n`;
    }
  }
  return text;
}
