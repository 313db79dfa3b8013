import { flagsOf } from './command-line.ts';
import { modeText } from './file-modes.ts';
import { absolutePath } from './files.ts';
import type { Pause } from './process.ts';
import type { Invocation, Utility } from './shell/utilities.ts';

/** How often `mounttest` looks at a file in a loop, and for how long by default, in milliseconds. */
const lookEvery = 2_000;
const looksFor = 180_000;
const newContent = 'mount-tester new file\n';

/** `mounttest`: makes files, and tells of files and folders what its flags ask for, in an order of its own. */
function* mountTest({ args, files, out, now, user }: Invocation): Generator<Pause, number, void> {
  const flags = flagsOf(args.slice(1));
  const say = (what: string, path: string, value: string) => out(`${what} "${path}": ${value}\n`);
  let failed = false;
  const about = (flag: string, tell: (path: string, at: string) => void) => {
    const path = flags.get(flag);
    if (path) tell(path, absolutePath('/', path));
  };
  const content = (path: string, at: string) => {
    const text = files.read(at);
    if (text !== undefined) return say('content of file', path, text);
    say('error reading file content for', path, missing(path));
    failed = true;
  };
  about('fs_type', (path, at) => say('mount type of', path, files.typeOf(at) ?? 'overlay'));
  for (const mode of ['0644', '0666', '0660', '0777']) {
    about(`new_file_${mode}`, (path, at) => {
      files.write(at, newContent, Number.parseInt(mode, 8));
      content(path, at);
    });
  }
  about('file_mode', (path, at) => say('mode of file', path, goMode(files.mode(at) ?? 0, files.isFolder(at))));
  about('file_perm', (path, at) => say('perms of file', path, goMode((files.mode(at) ?? 0) & 0o777, false)));
  about('file_owner', (path) => {
    say('owner UID of', path, String(user.uid));
    say('owner GID of', path, String(user.gid));
  });
  about('file_content', content);
  const watched = flags.get('file_content_in_loop');
  if (!watched) return failed ? 1 : 0;
  const until = now() + (flags.has('retry_time') ? Number(flags.get('retry_time')) * 1000 : looksFor);
  const once = flags.get('break_on_expected_content') !== 'false';
  for (; now() < until; yield { for: lookEvery }) {
    const text = files.read(absolutePath('/', watched));
    if (text === undefined) out(`Error reading file ${watched}: ${missing(watched)}, retrying\n`);
    else {
      say('content of file', watched, text);
      if (once && text === newContent) break;
      if (once) out(`Unexpected content. Expected: ${newContent}. Retrying`);
    }
  }
  return failed ? 1 : 0;
}

function missing(path: string): string {
  return `open ${path}: no such file or directory`;
}

/** A mode as Go prints it: the sticky bit is a letter of its own. */
function goMode(mode: number, isFolder: boolean): string {
  const text = modeText(mode & 0o777, isFolder);
  if (!(mode & 0o1000)) return text;
  return isFolder ? `dt${text.slice(1)}` : `t${text.slice(1)}`;
}

/** `entrypoint-tester`: prints its own command line. */
function entrypointTester({ name, args, out }: Invocation): number {
  out(`[${[name, ...args].join(' ')}]\n`);
  return 0;
}

/** `etc-hosts`: what names stand for, as the kubelet wrote it. */
function etcHosts({ files, out }: Invocation): number {
  out(files.read('/etc/hosts') ?? '');
  return 0;
}

/** `logs-generator`: so many lines in so long a time, which look like those of an API server. */
function* logsGenerator({ args, out, now }: Invocation): Generator<Pause, number, void> {
  const flags = flagsOf(args.slice(1), { apart: true });
  const total = Number(flags.get('log-lines-total') ?? 0);
  const seconds = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(flags.get('run-duration') ?? '');
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const milliseconds = seconds ? Number(seconds[1]) * units[seconds[2]!]! : 0;
  if (total <= 0 || milliseconds <= 0) return 2;
  const verbs = ['GET', 'PUT', 'POST'];
  for (let line = 0; line < total; line++) {
    const time = new Date(now()).toISOString();
    const stamp = `I${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000`;
    const place = `/api/v1/namespaces/${line % 2 ? 'default' : 'kube-system'}/pods/${(line * 7919 + 17).toString(36)}`;
    out(`${stamp}       1 logs_generator.go:76] ${line} ${verbs[line % verbs.length]} ${place} ${200 + ((line * 37) % 400)}\n`);
    yield { for: milliseconds / total };
  }
  return 0;
}

/** `dns-suffix` and `dns-server-list`: what /etc/resolv.conf says. */
function resolverList(key: string): Utility {
  return ({ files, out }) => {
    const lines = (files.read('/etc/resolv.conf') ?? '').split('\n').map((line) => line.split(' '));
    out(`${lines.flatMap(([name, ...values]) => (name === key ? values : [])).join(',')}\n`);
    return 0;
  };
}

/** What agnhost, the image of Kubernetes' own tests, does beside serving. */
export const agnhostPrograms: Readonly<Record<string, Utility>> = {
  'agnhost mounttest': mountTest,
  'agnhost entrypoint-tester': entrypointTester,
  'agnhost etc-hosts': etcHosts,
  'agnhost dns-suffix': resolverList('search'),
  'agnhost dns-server-list': resolverList('nameserver'),
  'agnhost logs-generator': logsGenerator,
};
