import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, type Sample } from '../../machinery/histogram.ts';
import { metricText } from './text.ts';

const text = (type: 'gauge' | 'histogram', samples: readonly Sample[], help = 'It.') =>
  Buffer.concat(metricText({ name: 'it', help, type, samples: () => samples })).toString();

test('series stand in the order of their values, labels in that of their names', () => {
  const samples = [
    { labels: { verb: 'list', code: '200' }, value: 2 },
    { labels: { verb: 'get', code: '200' }, value: 1 },
    { labels: { verb: '', code: '409' }, value: 3 },
  ];
  const lines = ['it{code="200",verb="get"} 1', 'it{code="200",verb="list"} 2', 'it{code="409",verb=""} 3', ''];
  equal(text('gauge', samples), ['# HELP it It.', '# TYPE it gauge', ...lines].join('\n'));
  equal(text('gauge', []), '');
});

test('quotes, backslashes and ends of lines are escaped', () => {
  const samples = [{ labels: { of: 'a"b\\c\nd' }, value: 1 }];
  equal(text('gauge', samples, 'a"b\\c\nd'), '# HELP it a"b\\\\c\\nd\n# TYPE it gauge\nit{of="a\\"b\\\\c\\nd"} 1\n');
});

test('numbers are printed as Go prints them', () => {
  const printed = (value: number) => text('gauge', [{ labels: {}, value }]).split('\n')[2];
  const values = [0, 999_999, 1e6, 1795887485.27, 2 ** 64, 0.0001, 3.203e-6, -5e-324, Infinity, -Infinity, NaN];
  equal(
    values.map(printed).join(', '),
    'it 0, it 999999, it 1e+06, it 1.79588748527e+09, it 1.8446744073709552e+19, it 0.0001, it 3.203e-06, it -5e-324, it +Inf, it -Inf, it NaN',
  );
});

test('a histogram is shown with what it has observed since the look before', () => {
  const histogram = new Histogram([0.00001, 1, 1e6]);
  const page = (labels: Readonly<Record<string, string>>) =>
    text('histogram', [{ labels, value: histogram }])
      .split('\n')
      .slice(2, -1);
  histogram.observe(1);
  const bucket = (le: string, value: number, more = '') => `it_bucket{${more}le="${le}"} ${value}`;
  const first = [bucket('1e-05', 0), bucket('1', 1), bucket('1e+06', 1), bucket('+Inf', 1), 'it_sum 1', 'it_count 1'];
  equal(page({}).join(), first.join());
  histogram.observe(2e6);
  const second = [bucket('1e-05', 0), bucket('1', 1), bucket('1e+06', 1), bucket('+Inf', 2), 'it_sum 2.000001e+06', 'it_count 2'];
  equal(page({}).join(), second.join());
  const of = 'of="x",';
  const named = [bucket('1e-05', 0, of), bucket('1', 1, of), bucket('1e+06', 1, of), bucket('+Inf', 2, of)];
  equal(page({ of: 'x' }).join(), [...named, 'it_sum{of="x"} 2.000001e+06', 'it_count{of="x"} 2'].join());
  const other = { name: 'other', help: '', type: 'histogram', samples: () => [{ labels: { of: 'x' }, value: histogram }] } as const;
  equal(Buffer.concat(metricText(other)).toString().split('\n').at(-2), 'other_count{of="x"} 2');
});
