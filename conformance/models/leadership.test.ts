import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { lease as leases } from '../../api/coordination.k8s.io/v1/lease.ts';
import { silentLogger } from '../../src/machinery/logger.ts';
import { seededRandom } from '../../src/machinery/random.ts';
import { acquireLeadership } from '../../src/runtime/leader-election.ts';
import { namespace, sharedParts, World } from './world.ts';

const lasting = 15_000;

function openWorld(): Promise<World> {
  return World.open({ seed: 1, parts: sharedParts(), controllers: [], definitions: [], check: () => undefined });
}

/** Stands for the lease; `end` is as if the process were killed: it neither renews nor gives back. */
function candidate({ client, clock }: World, identity: string) {
  const ending = new AbortController();
  const context = { clock, random: seededRandom(2), logger: silentLogger, signal: ending.signal };
  const state = { leads: false, end: () => ending.abort() };
  acquireLeadership({ client, leases, namespace, name: 'lead', identity }, context).then(
    () => {
      state.leads = true;
    },
    () => {},
  );
  return state;
}

test('a standby leads the moment the lease has run out, whenever the holder ends', async () => {
  await using world = await openWorld();
  let holder = candidate(world, 'c0');
  await world.advance(0);
  for (let round = 1; round <= 20; round++) {
    const next = candidate(world, `c${round}`);
    // Anywhere between two renewals.
    await world.advance(2_000 + world.number(0, 2_000));
    ok(holder.leads && !next.leads);
    const { spec } = await world.api(leases).get(namespace, 'lead');
    const left = Date.parse(spec.renewTime) + lasting - world.clock.now();
    holder.end();
    await world.advance(left - 1);
    equal(next.leads, false);
    await world.advance(3);
    equal(next.leads, true);
    holder = next;
  }
  const { spec } = await world.api(leases).get(namespace, 'lead');
  equal(spec.leaseTransitions, 20);
  holder.end();
});

test('of several standbys one leads, and the others stand by for the next time', async () => {
  await using world = await openWorld();
  const all = Array.from({ length: 4 }, (_, index) => candidate(world, `c${index}`));
  await world.advance(5_000);
  for (let left = all.length; left > 0; left--) {
    equal(all.filter(({ leads }) => leads).length, 1);
    const leader = all.find(({ leads }) => leads)!;
    leader.end();
    leader.leads = false;
    await world.advance(lasting + 5);
  }
});

test('a standby takes a lease that is deleted or given up at once', async () => {
  await using world = await openWorld();
  const api = world.api(leases);
  const first = candidate(world, 'first');
  await world.advance(0);
  const second = candidate(world, 'second');
  await world.advance(0);
  first.end();
  await api.delete(namespace, 'lead');
  await world.advance(0);
  equal(second.leads, true);
  const third = candidate(world, 'third');
  await world.advance(0);
  second.end();
  await api.patch(namespace, 'lead', 'application/merge-patch+json', { spec: { holderIdentity: '' } });
  await world.advance(0);
  equal(third.leads, true);
  third.end();
});
