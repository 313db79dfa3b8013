import { deepStrictEqual, match, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { namespace as namespaces } from '../../api/core/v1/namespace.ts';
import { loadClusterKeys } from '../../src/auth/pki.ts';
import { readKubeconfig } from '../../src/cli/kubeconfig.ts';
import { createHttpClient } from '../../src/client/http.ts';
import { systemClock } from '../../src/machinery/clock.ts';
import { systemRandom } from '../../src/machinery/random.ts';
import { startCluster } from '../harness/cluster.ts';

const alone = ['--memory', '--nodes', '0', '--components', 'apiserver'];

test('the server shows the certificate that its user gives it, and is trusted by its own kubeconfig with it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-serving-'));
  try {
    const [given, other] = await Promise.all(
      [1, 2].map(() => loadClusterKeys({ serverNames: ['localhost', '127.0.0.1'], clock: systemClock, random: systemRandom })),
    );
    const [cert, key, otherKey] = [join(folder, 'a.crt'), join(folder, 'a.key'), join(folder, 'b.key')];
    await writeFile(cert, given!.server.certificate);
    await writeFile(key, given!.server.key);
    await writeFile(otherKey, other!.server.key);
    const flags = [...alone, '--tls-cert-file', cert, '--tls-private-key-file', key];
    await using cluster = await startCluster({ flags });
    const { server, authority, certificate, key: adminKey } = await readKubeconfig(cluster.kubeconfig);
    // Who knows its authority trusts it.
    const { hostname: host, port } = new URL(server);
    const socket = connect({ host, port: Number(port), ca: given!.authority.certificate });
    await once(socket, 'secureConnect');
    deepStrictEqual(socket.authorized, true);
    socket.destroy();
    const identity = { clientCertificate: certificate, clientKey: adminKey, userAgent: 'test' };
    await using client = createHttpClient({ server, certificateAuthority: authority, ...identity });
    deepStrictEqual((await client.resource(namespaces).get('', 'default')).metadata!.name, 'default');

    await rejects(startCluster({ flags: [...alone, '--tls-cert-file', cert] }), /--tls-cert-file and --tls-private-key-file go together/);
    const unfit = startCluster({ flags: [...alone, '--tls-cert-file', cert, '--tls-private-key-file', otherKey] });
    await rejects(unfit, ({ message }: Error) => {
      match(message, /orrery: --tls-cert-file and --tls-private-key-file: .*key values mismatch\n$/);
      return true;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
