import type { KubeObject } from '../../api/meta/object.ts';
import { compareText } from '../../api/meta/text.ts';
import type { Clock } from '../machinery/clock.ts';
import { formatTime } from '../machinery/clock.ts';
import { ApiError } from '../registry/errors.ts';
import type { RawAnswer } from './answer.ts';
import { encodeJson } from './encoding/json.ts';
import { encodeYaml } from './encoding/yaml.ts';
import { statusOf } from './errors.ts';
import { mediaTypeNames, negotiatePage, negotiateStatus } from './negotiation/accept.ts';
import { wantsPretty } from './negotiation/pretty.ts';
import type { ServerContext } from './request-context.ts';

const group = 'config.k8s.io';
const newest = 'v1beta1';
const versions: readonly string[] = ['v1alpha1', newest];
const component = 'apiserver';
const notice =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.';

export interface AboutParts {
  readonly clock: Clock;
  /** What /version tells. */
  readonly versionInfo: Readonly<Record<string, string>>;
  /** All paths that `/` lists. */
  readonly paths: () => readonly string[];
  /** With what the server was started. */
  readonly flags: Readonly<Record<string, string>>;
}

/** /statusz and /flagz: what the server says of itself (KEP-4827, KEP-4828), as text or as an object. */
export class AboutPages {
  private readonly parts: AboutParts;
  private readonly startedAt: number;

  constructor(parts: AboutParts) {
    this.parts = parts;
    this.startedAt = parts.clock.now();
  }

  /** @throws ApiError 406 */
  status(context: ServerContext): RawAnswer {
    const { clock, versionInfo, paths } = this.parts;
    const { gitVersion = '', goVersion = '', emulationMajor, emulationMinor } = versionInfo;
    const startTime = formatTime(this.startedAt);
    const uptimeSeconds = Math.floor((clock.now() - this.startedAt) / 1000);
    const binaryVersion = gitVersion.replace(/^v/, '');
    const emulationVersion = `${emulationMajor}.${emulationMinor}`;
    const pages = paths().filter((path) => /^\/[a-z]+$/.test(path) && path !== '/api' && path !== '/apis');
    const about = { startTime, uptimeSeconds, goVersion, binaryVersion, emulationVersion, paths: pages };
    return page(context, 'Statusz', about, () => {
      const part = (size: number, of: number) => Math.floor(uptimeSeconds / size) % of;
      const twoDigits = (value: number) => String(value).padStart(2, '0');
      const up = `${part(3600, Number.POSITIVE_INFINITY)} hr ${twoDigits(part(60, 60))} min ${twoDigits(part(1, 60))} sec`;
      const lines = {
        Started: unixDate(this.startedAt),
        Up: up,
        'Go version': goVersion,
        'Binary version': binaryVersion,
        'Emulation version': emulationVersion,
        Paths: pages.join(' '),
      };
      return `\n${Object.entries(lines)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n')}\n`;
    });
  }

  /** @throws ApiError 406 */
  flags(context: ServerContext): RawAnswer {
    const sorted = Object.entries(this.parts.flags).sort(([a], [b]) => compareText(a, b));
    return page(context, 'Flagz', { flags: Object.fromEntries(sorted) }, () =>
      sorted.map(([name, value]) => `${name}=${value}\n`).join(''),
    );
  }
}

function page(context: ServerContext, kind: string, about: object, text: () => string): RawAnswer {
  const { request } = context;
  const accept = request.headers['accept'];
  const isPretty = wantsPretty(request.query, request.headers['user-agent']);
  let form: ReturnType<typeof negotiatePage>;
  try {
    form = negotiatePage(accept, { kind, group, versions });
  } catch (error) {
    // There is no protobuf here, not even of what is wrong.
    if (!(error instanceof ApiError) || negotiateStatus(accept!)?.mediaType !== 'protobuf') throw error;
    return { type: 'raw', status: error.code, contentType: mediaTypeNames.json, body: encodeJson(statusOf(error), isPretty) };
  }
  if (form === 'text') {
    const head = `\n${component} ${kind.toLowerCase()}\n${notice}\n`;
    return { type: 'raw', status: 200, contentType: 'text/plain; charset=utf-8', body: head + text() };
  }
  const { mediaType, version } = form;
  if (version !== newest) {
    context.warnings.push(`This version of the ${kind.toLowerCase()} endpoint is deprecated. Please use a newer version.`);
  }
  const object: KubeObject = { kind, apiVersion: `${group}/${version}`, metadata: { name: component }, ...about };
  return {
    type: 'raw',
    status: 200,
    contentType: `${mediaTypeNames[mediaType]};g=${group};v=${version};as=${kind}`,
    body: mediaType === 'yaml' ? encodeYaml(object) : encodeJson(object, form.pretty || isPretty),
  };
}

/** `Thu Nov 26 18:00:12 UTC 2026` */
function unixDate(milliseconds: number): string {
  const [weekday, day, month, year, time] = new Date(milliseconds).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day!.replace(/^0/, ' ')} ${time} UTC ${year}`;
}
