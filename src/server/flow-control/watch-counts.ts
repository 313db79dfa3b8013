import type { Answer, WatchAnswer } from '../answer.ts';
import type { RequestContext, RequestInfo } from '../context.ts';

const pathOf = (info: RequestInfo, namespace: string, name: string) => `${info.group}/${info.resource}/${namespace}/${name}`;

/** How many watch each resource, as far as they hear of every write: those of the pods of one node are left out. */
export class WatchCounts {
  private readonly counts = new Map<string, number>();

  /** How many watchers hear of a write of this request. */
  of({ info }: RequestContext): number {
    if (this.counts.size === 0) return 0;
    let count = this.at(pathOf(info, '', ''));
    if (info.namespace !== '') count += this.at(pathOf(info, info.namespace, ''));
    if (info.name !== '') count += this.at(pathOf(info, info.namespace, info.name));
    return count;
  }

  /** The same answer, counted from its start until it is over. */
  counted(answer: Answer, context: RequestContext): Answer {
    if (answer.type !== 'watch' || watchesOneNode(context)) return answer;
    const { info } = context;
    const path = pathOf(info, info.namespace, info.name);
    const start: WatchAnswer['start'] = (sink) => {
      this.counts.set(path, this.at(path) + 1);
      let counted = true;
      const over = () => {
        if (!counted) return;
        counted = false;
        const left = this.at(path) - 1;
        if (left > 0) this.counts.set(path, left);
        else this.counts.delete(path);
      };
      const stop = answer.start({
        events: (events) => sink.events(events),
        end() {
          over();
          sink.end();
        },
      });
      return () => {
        over();
        stop();
      };
    };
    return { ...answer, start };
  }

  private at(path: string): number {
    return this.counts.get(path) ?? 0;
  }
}

function watchesOneNode({ info, request }: RequestContext): boolean {
  if (info.resource !== 'pods') return false;
  const selector = request.query.get('fieldSelector') ?? '';
  return selector.split(',').some((part) => /^spec\.nodeName==?[^=]/.test(part));
}
