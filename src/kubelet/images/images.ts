import { Memo } from '../../machinery/memo.ts';
import { resolveImage } from './reference.ts';
import type { ImageProgram, ImageRule, PullFailure } from './rules.ts';

/** What a node knows of one image. */
export interface KnownImage {
  /** Why its name is none. */
  readonly invalid?: string;
  readonly fullName: string;
  readonly pull?: PullFailure;
  readonly program?: ImageProgram;
}

const rememberedAtMost = 4096;

/** The images of a cluster's nodes: the rules, each image judged by them once. */
export class Images {
  private readonly rules: readonly { readonly test: RegExp; readonly rule: ImageRule }[];
  private readonly known = new Memo<KnownImage>(rememberedAtMost);

  constructor(rules: readonly ImageRule[]) {
    this.rules = rules.map((rule) => ({ test: compile(rule.image), rule }));
  }

  /** @param image as a container names it */
  get(image: string): KnownImage {
    return this.known.get(image, () => this.judge(image));
  }

  private judge(image: string): KnownImage {
    const resolved = resolveImage(image);
    if (resolved.invalid) return resolved;
    const { fullName } = resolved;
    const fitting = this.rules.filter(({ test }) => test.test(fullName)).map(({ rule }) => rule);
    const pull = fitting.find((rule) => rule.pull)?.pull;
    const program = fitting.find((rule) => rule.program)?.program;
    return { fullName, ...(pull ? { pull } : {}), ...(program ? { program } : {}) };
  }
}

function compile(image: string | readonly string[]): RegExp {
  const patterns = typeof image === 'string' ? [image] : image;
  const sources = patterns.map((pattern) => pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*'));
  return new RegExp(`^(?:${sources.join('|')})$`);
}

/** What a runtime says of a failed pull, in containerd's words. */
export function pullFailureText(fullName: string, failure: PullFailure): string {
  const failed = `failed to pull and unpack image "${fullName}": failed to resolve reference "${fullName}": `;
  const repository = fullName.replace(/[:@][^/]*$/, '');
  const host = repository.slice(0, repository.indexOf('/'));
  switch (failure) {
    case 'notFound':
      return `rpc error: code = NotFound desc = ${failed}${fullName}: not found`;
    case 'denied':
      return (
        `rpc error: code = Unknown desc = ${failed}pull access denied, repository does not exist or may require authorization: ` +
        'server message: insufficient_scope: authorization failed'
      );
    case 'private':
      return (
        `rpc error: code = Unknown desc = ${failed}pull access denied, repository does not exist or may require authorization: ` +
        'authorization failed: no basic auth credentials'
      );
    case 'unreachable': {
      const path = repository.slice(host.length + 1);
      const tag = fullName.slice(repository.length + 1);
      return (
        `rpc error: code = Unknown desc = ${failed}failed to do request: Head "https://${host}/v2/${path}/manifests/${tag}": ` +
        `dial tcp: lookup ${host.replace(/:\d+$/, '')}: no such host`
      );
    }
  }
}
