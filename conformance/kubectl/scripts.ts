import { commands } from './commands.ts';
import { helm } from './helm.ts';
import { kinds } from './kinds.ts';
import { nodeFailure } from './node-failure.ts';
import type { Step } from './script.ts';
import { tour } from './tour.ts';
import { usage } from './usage.ts';

/** Every script, by the name of its folder of transcripts. */
export const scripts: Readonly<Record<string, readonly Step[]>> = { tour, commands, kinds, usage, helm, 'node-failure': nodeFailure };
