import { readdirSync, readFileSync } from 'node:fs';
import type { MetricFamily } from '../../machinery/metrics.ts';

/** What the process uses of its machine. @param startedAt in seconds since the epoch */
export function processMetrics(startedAt: number): MetricFamily[] {
  return [
    { ...gauge('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', cpuSeconds), type: 'counter' },
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss()),
    gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', () => startedAt),
    {
      ...gauge('process_network_receive_bytes_total', 'Number of bytes received by the process over the network.', () =>
        octets('InOctets'),
      ),
      type: 'counter',
    },
    {
      ...gauge('process_network_transmit_bytes_total', 'Number of bytes sent by the process over the network.', () => octets('OutOctets')),
      type: 'counter',
    },
    gauge('process_open_fds', 'Number of open file descriptors.', () => onLinux(() => readdirSync('/proc/self/fd').length)),
    gauge('process_max_fds', 'Maximum number of open file descriptors.', () => limit('Max open files')),
    gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.', virtualMemory),
    gauge('process_virtual_memory_max_bytes', 'Maximum amount of virtual memory available in bytes.', () => limit('Max address space')),
  ];
}

function gauge(name: string, help: string, read: () => number | undefined): MetricFamily {
  const samples = () => {
    const value = read();
    return value === undefined ? [] : [{ labels: {}, value }];
  };
  return { name, help, type: 'gauge', samples };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function virtualMemory(): number | undefined {
  return onLinux(() => Number(/^VmSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024);
}

/** Of all that share its network, as Prometheus' own client counts. @param name of a column of the extended IP statistics */
function octets(name: string): number | undefined {
  const [names, values] = (onLinux(() => readFileSync('/proc/self/net/netstat', 'utf8')) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('IpExt:'));
  const value = values?.split(' ')[names!.split(' ').indexOf(name)];
  return value === undefined ? undefined : Number(value);
}

/** Where nothing limits it, Prometheus' own client says so with the largest number of 64 bits. */
function limit(name: string): number | undefined {
  const line = onLinux(() => readFileSync('/proc/self/limits', 'utf8').split('\n'))?.find((each) => each.startsWith(name));
  const soft = line?.slice(name.length).trim().split(/\s+/)[0];
  return soft === undefined ? undefined : soft === 'unlimited' ? 2 ** 64 : Number(soft);
}

function onLinux<T>(read: () => T): T | undefined {
  return process.platform === 'linux' ? read() : undefined;
}
