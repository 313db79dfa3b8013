import type { Stage } from './stage.ts';

/**
 * The life of a pod: it starts at once, and stops when it is deleted. What no emulator knows stays up, and does its work and ends where it belongs to a Job.
 * With the annotations `orrery.dev/exit-code` and `orrery.dev/exit-after` containers end by themselves.
 */
export const defaultStages: readonly Stage[] = [
  { name: 'stop', when: { deleting: true }, does: { action: 'stop' } },
  { name: 'start', when: { phase: ['Pending'] }, does: { action: 'run' } },
  {
    name: 'exit',
    when: { phase: ['Running'], annotation: 'orrery.dev/exit-code' },
    delay: { milliseconds: 1_000, annotation: 'orrery.dev/exit-after' },
    does: { action: 'exit', code: 0, annotation: 'orrery.dev/exit-code' },
  },
  { name: 'complete', when: { phase: ['Running'], owner: 'Job' }, does: { action: 'exit', code: 0, standIns: true } },
  {
    name: 'deadline',
    when: { phase: ['Pending', 'Running'], deadline: true },
    does: { action: 'fail', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' },
  },
];
