import { InvalidArgumentError, Command as Program } from 'commander';
import { configured, list, parse, trueOrFalse } from './command-line.ts';

/** What the stand-in for etcd was asked for. */
export interface EtcdOptions {
  readonly listenClientUrls: readonly string[];
}

/**
 * Reads the flags that envtest gives etcd.
 * @throws UsageError
 */
export function parseEtcdArguments(args: readonly string[]): EtcdOptions {
  let output = '';
  const program = withEtcdFlags(configured(new Program('etcd'), (text) => (output += text)))
    .showHelpAfterError("Run 'etcd --help' for all flags.")
    .description('Stand where envtest starts etcd: says that it is healthy, and keeps nothing.');
  parse(program, args, () => output);
  return program.opts<EtcdOptions>();
}

function withEtcdFlags(command: Program): Program {
  return command
    .option('--listen-client-urls <list>', 'where /health is answered', httpUrls, ['http://localhost:2379'])
    .option('--advertise-client-urls <list>', 'taken, and not used', list)
    .option('--listen-peer-urls <list>', 'taken, and not used', list)
    .option('--data-dir <folder>', 'taken, and not used')
    .option('--unsafe-no-fsync [boolean]', 'taken, and not used', trueOrFalse);
}

function httpUrls(text: string): string[] {
  const urls = list(text);
  if (!urls.every((url) => URL.canParse(url) && new URL(url).protocol === 'http:'))
    throw new InvalidArgumentError('Give URLs of http, such as http://127.0.0.1:2379.');
  return urls;
}
