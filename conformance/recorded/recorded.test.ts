import { deepEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, startCluster } from '../harness/cluster.ts';

const folder = join(root, 'conformance/recorded');

interface Step {
  case: string;
  step: string;
  ok: boolean;
}

/** A way to play the conversations: which storage is behind the server, and how it is spoken to. */
interface Variant {
  readonly name: string;
  readonly flags: readonly string[];
  readonly options: readonly string[];
}

const lines = readFileSync(join(folder, 'known-differences.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const cases = readdirSync(join(folder, 'cases'))
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -4))
  .filter((name) => !lines.includes(name));

/**
 * Played after the others, for whom they would change the cluster: an APIService that is unavailable keeps namespaces from being deleted, here as on the
 * real server, and whoever serves metrics is asked by all autoscalers.
 */
const afterwards: readonly string[] = ['ctl-hpa-metrics', 'ext-aggregation', 'ext-aggregation-order', 'ext-apiservices'];

const engines: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['memory', ['--memory']],
  ['LevelDB', []],
];
const variants: readonly Variant[] = engines.flatMap(([engine, flags]) =>
  ['json', 'protobuf'].flatMap((encoding) =>
    ['1.1', '2'].map((protocol) => ({
      name: `${engine}, ${encoding}, HTTP/${protocol}`,
      flags,
      options: ['--encoding', encoding, '--http', protocol],
    })),
  ),
);

/** It takes four minutes, as autoscalers look every 15 s: played with ORRERY_RECORDED=all alone. */
const long: readonly string[] = ['ctl-hpa-metrics'];

/** Every case in one of the variants; the others, together, play half as many again. `ORRERY_RECORDED=all` plays every case in every variant. */
function casesOf(variant: number): readonly string[] {
  if (process.env['ORRERY_RECORDED'] === 'all') return cases;
  if (variant === 0) return cases.filter((name) => !long.includes(name));
  const others = variants.length - 1;
  return cases.filter((name, i) => i % (2 * others) === variant - 1 && !long.includes(name));
}

/**
 * Plays the recorded conversations against a cluster of its own for each variant. `known-differences.txt` lists the cases that are not played yet and the
 * steps that are known to differ still: anything else that differs fails. With ORRERY_RECORD_DIFFERENCES=FILE the steps that differ are written there.
 */
variants.forEach(({ name, flags, options }, index) => {
  test(`the recorded conversations get the recorded answers: ${name}`, { timeout: 1_200_000 }, async () => {
    const known = lines.flatMap((line) => {
      const [, encoding, step] = /^(\w+): (.*)/.exec(line) ?? [];
      return step === undefined ? [line] : options.includes(encoding!) ? [step] : [];
    });
    const ownFlags = ['--nodes', '0', '--token-auth-file', join(folder, 'tokens.csv'), '--compaction-interval', '20s'];
    await using cluster = await startCluster({ flags: [...flags, ...ownFlags] });
    const report = join(cluster.folder, 'report.json');
    const args = ['check', '--kubeconfig', cluster.kubeconfig, '--jobs', '10', '--json', report, ...options];
    const play = async (names: readonly string[]): Promise<Step[]> => {
      if (names.length === 0) return [];
      const replay = spawn(process.execPath, [join(folder, 'replay.mjs'), ...args, ...names], { stdio: ['ignore', 'ignore', 'inherit'] });
      await once(replay, 'exit');
      return JSON.parse(readFileSync(report, 'utf8'));
    };
    const own = casesOf(index);
    const steps = [
      ...(await play(own.filter((name) => !afterwards.includes(name)))),
      ...(await play(own.filter((name) => afterwards.includes(name)))),
    ];
    const differingIn = (played: readonly Step[]) =>
      played.filter(({ ok }) => !ok).map(({ case: of, step }) => ({ of, step: `${of} > ${step}` }));
    let differing = differingIn(steps);
    // Many conversations ask a live control plane, and ten are played at once: as on the real server, a controller may come between two steps.
    // What is wrong is wrong the second time too, when the case is played by itself.
    const again = [...new Set(differing.filter(({ step }) => !known.includes(step)).map(({ of }) => of))];
    for (const name of again) {
      const second = differingIn(await play([name]));
      for (const { of, step } of differing)
        if (of === name && !second.some((other) => other.step === step)) console.log(`differed once: ${step}`);
      differing = [...differing.filter(({ of }) => of !== name), ...second];
    }
    const differs = new Set(differing.map(({ step }) => step));
    if (process.env['ORRERY_RECORD_DIFFERENCES']) {
      writeFileSync(process.env['ORRERY_RECORD_DIFFERENCES'], `${[...differs].sort().join('\n')}\n`, { flag: index === 0 ? 'w' : 'a' });
    }
    deepEqual([...differs].filter((step) => !known.includes(step)).sort(), []);
    console.log(`${name}: ${steps.length - differs.size} of ${steps.length} recorded answers are given, ${differs.size} differ as known`);
  });
});
