import { formatGoDuration } from '../../api/meta/duration.ts';
import { type UpOptions, upFlagNames } from './options.ts';
import type { RuntimeConfig } from './runtime-config.ts';

const durations = /(Ttl|Wait|Interval|Period|Expiration|Backoff|requestTimeout)$/;

/** The flags of `orrery up` with their values, as kube-apiserver writes those of its own. */
export function flagValues(options: UpOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(upFlagNames().map((name) => [flagOf(name), textOf(name, options[name as keyof UpOptions])]));
}

function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function textOf(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (name === 'serviceNodePortRange') return (value as number[]).join('-');
  if (name === 'runtimeConfig')
    return Object.entries(value as RuntimeConfig)
      .map((pair) => pair.join('='))
      .join(',');
  if (Array.isArray(value)) return `[${value.join(',')}]`;
  return typeof value === 'number' && durations.test(name) ? formatGoDuration(value) : String(value);
}
