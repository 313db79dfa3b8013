import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../machinery/logger.ts';
import { truncatingSink } from './truncate.ts';

test('events that are too large lose their objects, or are left out', () => {
  const written: string[] = [];
  const sink = truncatingSink({ write: (line) => void written.push(line) }, 150, silentLogger);
  const event = (level: string, object: string, more: object = {}) =>
    JSON.stringify({ level, auditID: 'a', requestObject: { object }, ...more });
  const small = event('Request', 'x');
  sink.write(small);
  sink.write(event('RequestResponse', 'x'.repeat(100), { responseObject: {}, stageTimestamp: 't', annotations: { z: '<' } }));
  sink.write(event('Request', 'x'.repeat(100), { requestURI: 'y'.repeat(120) }));
  sink.write(event('Metadata', 'x'.repeat(150)));
  deepStrictEqual(written, [
    small,
    '{"level":"RequestResponse","auditID":"a","stageTimestamp":"t","annotations":{"audit.k8s.io/truncated":"true","z":"\\u003c"}}',
  ]);
});
