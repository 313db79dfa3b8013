import { goJson } from '../../../api/meta/go-json.ts';
import { byteLength } from '../../../api/meta/text.ts';
import type { Logger } from '../../machinery/logger.ts';
import { readJson } from '../../machinery/schema/json-numbers.ts';
import type { AuditSink } from './record.ts';

const truncatedAnnotation = 'audit.k8s.io/truncated';

/** Takes the objects out of events that are larger than so many bytes, and leaves out those that are too large without them. */
export function truncatingSink(sink: AuditSink, maxEventSize: number, logger: Logger): AuditSink {
  // Upstream counts the line's end.
  const fits = (line: string) => byteLength(line) + 1 <= maxEventSize;
  return {
    write(line) {
      const shown = fits(line) ? line : truncated(line);
      if (fits(shown)) sink.write(shown);
      else logger.error({ bytes: byteLength(shown) }, 'an audit event is too large even without its objects');
    },
  };
}

function truncated(line: string): string {
  const event = readJson(line) as { level: string; annotations?: Record<string, string> };
  if (event.level === 'Metadata') return line;
  const { requestObject: _request, responseObject: _response, annotations, ...rest } = event as typeof event & Record<string, unknown>;
  const noted = Object.entries({ ...annotations, [truncatedAnnotation]: 'true' }).sort(([a], [b]) => (a < b ? -1 : 1));
  return goJson({ ...rest, annotations: Object.fromEntries(noted) });
}
