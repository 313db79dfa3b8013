import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../machinery/random.ts';
import { ContainerFiles } from '../files.ts';
import { Input } from '../input.ts';
import type { Process } from '../process.ts';
import { Terminal } from '../terminal.ts';
import { startCommand } from './shell.ts';

interface Ran {
  readonly process: Process;
  printed(): string;
}

function start(command: readonly string[], first = true): Ran {
  let printed = '';
  const env = new Map([
    ['A', '1 2'],
    ['HOSTNAME', 'web-0'],
  ]);
  const output = (text: string) => void (printed += text);
  const world = { env, files: new ContainerFiles([]), folder: '/', random: seededRandom(1), output };
  return { process: startCommand(command, world, 0, first), printed: () => printed };
}

function run(script: string, until = 3_600_000): [code: number | undefined, printed: string] {
  const { process, printed } = start(['sh', '-c', script]);
  process.advance(until);
  return [process.exitCode, printed()];
}

test('scripts do what a shell would', () => {
  const cases: [script: string, code: number | undefined, printed: string][] = [
    ['exit 3', 3, ''],
    [`echo $A "$A" '$A' \${A%% *} \${#A} \${B:-none}`, 0, '1 2 1 2 $A 1 3 none\n'],
    ['if [[ -r /data/foo ]]\nthen\n exit 0\nelse\n touch /data/foo\n exit 1\nfi', 1, ''],
    ['if [ $(expr 3 % 2) -ne 0 ]; then echo odd; else echo even; fi', 0, 'odd\n'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done', 0, '1\n3\n'],
    ['for x in a b c; do echo $x; done | tail -n 1', 0, 'c\n'],
    ['f() { echo "got $1"; return 4; }; f x || echo "code $?"', 0, 'got x\ncode 4\n'],
    ['case $HOSTNAME in *-0) echo first;; *) echo other;; esac', 0, 'first\n'],
    ['set -e; false; echo never', 1, ''],
    ['set -e; false || true; if false; then :; fi; echo on', 0, 'on\n'],
    ['echo ok > /tmp/f; cat /tmp/f; rm /tmp/f; cat /tmp/f 2>/dev/null', 1, 'ok\n'],
    ['sleep 2 & sleep 4 & wait; date +%s', 0, '4\n'],
    ['(exit 5); echo $?; ! true; echo $?', 0, '5\n1\n'],
    ['printf "%s-%03d\\n" a 7', 0, 'a-007\n'],
    ["trap 'echo bye' EXIT; exit 2", 2, 'bye\n'],
    ['exec sleep 10; echo never', 0, ''],
    ['command -v bash >/dev/null && exec echo bash || exec sh', 0, 'bash\n'],
    ['f() { :; }; command -v f cd; command -v cat; command -v no-such; echo $?', 0, 'f\n/bin/cat\n127\n'],
    ['echo() { command echo wrapped "$@"; }; echo x', 0, 'wrapped x\n'],
    ['sleep infinity', undefined, ''],
    ['while :; do :; done', undefined, ''],
    ['printf "a b c\\nx" | while read one rest; do echo "$rest-$one"; done', 0, 'b c-a\n'],
    ['printf "one\\ntwo\\n" | grep -v one | wc -l', 0, '1\n'],
    [
      'echo -n text | gzip | zcat; echo f > /f; gzip -k /f; rm /f; gunzip /f.gz; cat /f; ls /f.gz 2>/dev/null || gzip /none; echo x | gunzip',
      1,
      'textf\ngzip: /none: No such file or directory\ngunzip: invalid magic\n',
    ],
    ['uptime | grep -c "load average"', 0, '1\n'],
    ['mkdir /d; echo x > /d/f; cd /; tar -C / -cf t d; mkdir /e; tar -C /e -xmf t; cat /e/d/f; tar tf t', 0, 'x\nd/\nd/f\n'],
    [
      'mkdir /d; echo x > /d/f; tar -czf/t -C / d/f; tar tvf /t; tar --extract --file=/t -O d; tar xf /t g',
      1,
      '-rw-r--r-- root/root         2 1970-01-01 00:00:00 d/f\nx\ntar: g: not found in archive\n',
    ],
    [
      'mkdir /d; echo x > /d/f; tar c d | tar xvC /tmp; cat /tmp/d/f; tar -f /none -x',
      1,
      "d/\nd/f\nx\ntar: can't open '/none': No such file or directory\n",
    ],
    ['mkdir /d; echo x > /d/f; cd /d; tar cf /t f; rm f; tar xf /t; cat f; chmod 600 f; ls -l | grep -c rw-------', 0, 'x\n1\n'],
    [
      'dd if=/dev/zero of=/tmp/z bs=1 count=3 conv=fsync 2>&1 | head -n 1; wc -c < /tmp/z; echo hello | dd bs=2 count=2 status=none; dd size=1 2>/dev/null',
      1,
      '3+0 records in\n3\nhell',
    ],
    ['id -u; whoami; basename /a/b.txt .txt', 0, '0\nroot\nb\n'],
    ['if', 2, 'sh: syntax error: expected "then"\n'],
  ];
  for (const [script, code, printed] of cases) deepEqual(run(script), [code, printed], script);
});

test('time goes by as the commands say', () => {
  const { process, printed } = start(['sh', '-c', 'while true; do echo tick; sleep 10; done']);
  process.advance(0);
  deepEqual([printed(), process.due], ['tick\n', 10_000]);
  process.advance(35_000);
  deepEqual([printed(), process.due], ['tick\n'.repeat(4), 40_000]);
});

test('the first process of a container knows only the signals that it handles', () => {
  const deaf = start(['sleep', '100']);
  deaf.process.advance(0);
  deepEqual([deaf.process.signal('TERM', 1), deaf.process.exitCode], [false, undefined]);
  deepEqual([deaf.process.signal('KILL', 2), deaf.process.exitCode], [true, 137]);
  const second = start(['sleep', '100'], false);
  second.process.signal('TERM', 1);
  deepEqual(second.process.exitCode, 143);
});

test('a handler runs when the command in the foreground has ended, or at once out of wait', () => {
  const busy = start(['sh', '-c', "trap 'echo bye; exit 0' TERM; while true; do sleep 10; done"]);
  busy.process.advance(0);
  busy.process.signal('TERM', 4_000);
  busy.process.advance(9_000);
  deepEqual(busy.process.exitCode, undefined);
  busy.process.advance(10_000);
  deepEqual([busy.process.exitCode, busy.printed()], [0, 'bye\n']);
  const waiting = start(['sh', '-c', "trap 'exit 7' TERM; sleep 1000 & wait"]);
  waiting.process.advance(0);
  waiting.process.signal('TERM', 4_000);
  waiting.process.advance(4_000);
  deepEqual(waiting.process.exitCode, 7);
});

test('a shell without a script takes commands as they come', () => {
  let printed = '';
  const input = Input.open();
  const output = (text: string) => void (printed += text);
  const terminal = new Terminal(input, output);
  const world = {
    env: new Map(),
    files: new ContainerFiles([]),
    folder: '/',
    random: seededRandom(1),
    input,
    terminal: true,
    output: terminal.print.bind(terminal),
  };
  const process = startCommand(['sh'], world, 0, false);
  const type = (keys: string, now: number) => {
    if (terminal.type(keys, now)) process.interrupt(now);
    process.advance(now);
  };
  process.advance(0);
  type('cd /tm\x7fmp\r', 1_000);
  type('if true\rthen echo "é"; fi\r', 2_000);
  type('sleep 100\r', 3_000);
  type('\x03', 4_000);
  type('exit 3\r', 5_000);
  deepEqual(
    [process.exitCode, process.time, printed],
    [3, 5_000, '/ # cd /tm\b \bmp\r\n/tmp # if true\r\nthen echo "é"; fi\r\n> é\r\n/tmp # sleep 100\r\n^C\r\n/tmp # exit 3\r\n'],
  );
});
