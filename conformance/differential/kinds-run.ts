import { type TestedKind, testedKinds } from './bodies.ts';
import { createFixtures, makeNamespace, removeFixtures, removeNamespace } from './fixtures.ts';
import type { RunOptions } from './options.ts';
import { type Found, report } from './report.ts';

/**
 * Compares kind by kind, in a namespace and with objects that are made for it and removed again, and reports what differs.
 * @param compareKind asks the questions about one kind
 */
export async function runKinds(
  options: RunOptions,
  namespace: string,
  compareKind: (kind: TestedKind) => Promise<{ readonly asked: number; readonly found: readonly Found[] }>,
): Promise<void> {
  const { reference, tested } = options;
  const servers = [reference, tested];
  const wanted = testedKinds.filter(({ kind }) => options.wants(kind));
  let total = 0;
  let differing = 0;
  try {
    await Promise.all(servers.map((server) => makeNamespace(server, namespace)));
    for (const kind of wanted) {
      await createFixtures(servers, kind, namespace);
      const { asked, found } = await compareKind(kind);
      report(kind.kind, asked, found, options);
      total += asked;
      differing += found.length;
    }
  } finally {
    for (const kind of wanted) await removeFixtures(servers, kind, namespace);
    await Promise.all(servers.map((server) => removeNamespace(server, namespace)));
    reference.close();
    tested.close();
  }
  console.log(`\n${total} requests, ${differing} answers differ`);
}
