import { commands } from './commands.ts';
import { helm } from './helm.ts';
import { nodeFailure } from './node-failure.ts';
import type { Step } from './script.ts';
import { tour } from './tour.ts';

/** Every script, by the name of its folder of transcripts. */
export const scripts: Readonly<Record<string, readonly Step[]>> = { tour, commands, helm, 'node-failure': nodeFailure };
