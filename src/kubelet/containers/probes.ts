import type { Container, Probe } from '../../../openapi/types.ts';
import { textOf } from '../images/files.ts';
import { NotEmulated } from '../images/not-emulated.ts';
import { startCommand } from '../images/shell/shell.ts';
import type { ContainerRun } from './container.ts';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

/** A probe of a running container. */
export interface ProbeRun {
  readonly kind: ProbeKind;
  /** When it is tried next, in milliseconds since the epoch. */
  due: number;
  /** How often in a row the result was the same. */
  count: number;
  success?: boolean;
}

export interface ProbeResult {
  readonly success: boolean;
  readonly output: string;
}

/** The probes of a container that has just started; undefined where it has none. */
export function probesOf(container: Container, startedAt: number): ProbeRun[] | undefined {
  const probes: ProbeRun[] = [];
  for (const kind of ['startup', 'liveness', 'readiness'] as const) {
    const probe = specOf(container, kind);
    if (probe) probes.push({ kind, due: startedAt + (probe.initialDelaySeconds ?? 0) * 1000, count: 0 });
  }
  return probes.length > 0 ? probes : undefined;
}

export function specOf(container: Container, kind: ProbeKind): Probe | undefined {
  return container[`${kind}Probe`];
}

/**
 * Tries a probe. What answers is known of emulated programs only: a stand-in, and whatever a probe asks that no emulator knows, is well.
 * @param address the pod's
 */
export function tryProbe(probe: Probe, run: ContainerRun, address: string, now: number): ProbeResult {
  const { program } = run;
  if (probe.exec && program?.world) return runProbe(probe, run, now);
  if (program?.server) {
    const failing = probe.httpGet && program.server.failsAfter !== undefined && now > run.startedAt + program.server.failsAfter;
    return failing ? { success: false, output: 'HTTP probe failed with statuscode: 500' } : well;
  }
  if (!program?.process) return well;
  const { httpGet, tcpSocket } = probe;
  if (!httpGet && !tcpSocket) return well;
  // No emulated command listens on a port.
  const port = (httpGet ?? tcpSocket)!.port as unknown as string | number;
  const target = `${(httpGet ?? tcpSocket)!.host || address}:${port}`;
  const refused = `dial tcp ${target}: connect: connection refused`;
  if (!httpGet) return { success: false, output: refused };
  const url = `${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${target}${httpGet.path?.startsWith('/') ? '' : '/'}${httpGet.path ?? ''}`;
  return { success: false, output: `Get "${url}": ${refused}` };
}

const well: ProbeResult = { success: true, output: '' };

function runProbe({ exec, timeoutSeconds = 1 }: Probe, { program }: ContainerRun, now: number): ProbeResult {
  const command = exec?.command ?? [];
  let output = '';
  const world = { ...program!.world!, output: (text: string) => void (output += text) };
  try {
    const process = startCommand(command, world, now, false);
    process.advance(now + timeoutSeconds * 1000);
    if (process.exitCode === undefined) {
      return { success: false, output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutSeconds}s` };
    }
    return { success: process.exitCode === 0, output: textOf(output) };
  } catch (error) {
    if (error instanceof NotEmulated) return well;
    throw error;
  }
}
