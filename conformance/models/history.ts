import type { ResourceDefinition } from '../../api/define.ts';
import type { StartController } from '../../src/controllers/context.ts';
import { startPodGarbageCollector } from '../../src/controllers/podgc/index.ts';
import { type SharedParts, World } from './world.ts';

/** A controller's rules, and what may happen to it. Made anew for each history: it may remember what it did. */
export interface Model {
  readonly controllers: readonly StartController[];
  /** Resources that the server serves besides its own. */
  readonly definitions?: readonly ResourceDefinition[];
  begin(world: World): Promise<void>;
  /** What can happen, each as often as its weight says. */
  readonly actions: readonly (readonly [weight: number, action: (world: World) => Promise<void>])[];
  /** What must hold at every moment; says what does not. */
  check(world: World): string | undefined;
  /** What must hold when everything has come to rest; says what does not. */
  settled(world: World): Promise<string | undefined> | string | undefined;
}

const settleWithin = 90 * 60_000;
const settleStep = 10_000;

/**
 * Plays a random history of a model: actions with pauses of none, moments or minutes in between, then rest.
 * @throws Error with the seed and what happened, for a rule that was broken or a state that is not reached
 */
export async function playHistory(name: string, seed: number, parts: SharedParts, makeModel: () => Model): Promise<void> {
  const model = makeModel();
  const controllers = [...model.controllers, startPodGarbageCollector];
  const world = await World.open({
    seed,
    parts,
    controllers,
    definitions: model.definitions ?? [],
    check: (current) => model.check(current),
  });
  try {
    await model.begin(world);
    const count = world.number(4, 14);
    for (let i = 0; i < count && !world.broken; i++) {
      await pickAction(model, world)(world);
      // Some changes come before anybody has seen the one before.
      if (world.chance(0.85)) await world.advance(pause(world));
    }
    let wrong = await rest(model, world);
    wrong = world.broken ?? wrong;
    if (wrong) throw new Error(wrong);
  } catch (error) {
    const happened = world.log.map((line) => `  ${line}`).join('\n');
    const report = `${name}, seed ${seed}: ${error instanceof Error ? error.message : error}\n${happened}\nagain: ORRERY_MODEL=${name} ORRERY_SEED=${seed}`;
    throw new Error(report, { cause: error });
  } finally {
    await world[Symbol.asyncDispose]();
  }
}

function pickAction({ actions }: Model, world: World): (world: World) => Promise<void> {
  let left = world.random.next() * actions.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, action] of actions) {
    left -= weight;
    if (left <= 0) return action;
  }
  return actions.at(-1)![1];
}

function pause(world: World): number {
  if (world.chance(0.3)) return world.number(0, 50);
  return world.chance(0.7) ? world.number(100, 5_000) : world.number(20_000, 120_000);
}

async function rest(model: Model, world: World): Promise<string | undefined> {
  let wrong: string | undefined;
  for (let passed = 0; passed < settleWithin && !world.broken; passed += settleStep) {
    await world.advance(settleStep);
    wrong = await model.settled(world);
    if (wrong === undefined) return undefined;
  }
  return `does not settle: ${wrong}`;
}
