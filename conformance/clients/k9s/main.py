"""k9s in a terminal of its own against the cluster of $KUBECONFIG: what a user types, and what is on the screen then. It ends with the first surprise and exit code 1.
k9s calls kubectl for shells and edits, so this does as well."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte

rows, columns = 100, 200
namespace = 'k9s-orchard'
escape, backspace, ctrl_d = '\x1b', '\x7f', '\x04'

objects = """
apiVersion: v1
kind: Namespace
metadata: {name: %(namespace)s}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: apple, namespace: %(namespace)s, labels: {color: green}}
spec:
  replicas: 3
  selector: {matchLabels: {fruit: apple}}
  template:
    metadata: {labels: {fruit: apple}}
    spec: {containers: [{name: apple, image: nginx}]}
---
apiVersion: v1
kind: Pod
metadata: {name: talker, namespace: %(namespace)s}
spec:
  containers:
  - {name: talker, image: busybox, command: [sh, -c, 'echo ripe and sweet; sleep 3600']}
""" % {'namespace': namespace}


def kubectl(*arguments, text=None):
    return subprocess.run(['kubectl', *arguments], input=text, text=True, check=True, capture_output=True).stdout


class Terminal:
    """A program and the screen that it draws on."""

    def __init__(self, arguments, environment):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # What a library says of a failure goes to a file: on the terminal it would lie over the screen.
            os.dup2(os.open(os.path.join(environment['HOME'], 'stderr'), os.O_WRONLY | os.O_CREAT), 2)
            os.execve(arguments[0], arguments, environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def text(self):
        return '\n'.join(line.rstrip() for line in self.screen.display)

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def until(self, *patterns, seconds=20, without=()):
        """Waits until the screen shows every pattern, and none of those that it must be without."""
        end = time.monotonic() + seconds
        while True:
            text = self.text()
            if all(re.search(p, text) for p in patterns) and not any(re.search(p, text) for p in without):
                return text
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f'no {patterns} without {without} on the screen:\n{text}')
            if select.select([self.fd], [], [], left)[0]:
                self.stream.feed(os.read(self.fd, 65536))


def workloads(k9s):
    k9s.type(':deployments\r')
    k9s.until(r'deployments\S*\[1\]', r'apple +3/3 +3 +3')
    k9s.type('d')
    k9s.until(r'Replicas: +3 desired \| 3 updated \| 3 total \| 3 available', r'NewReplicaSetAvailable', r'Scaled up replica set apple-\S+ from 0 to 3')
    k9s.type(escape)
    k9s.until(r'apple +3/3')
    k9s.type('y')
    k9s.until(r'apiVersion: apps/v1', r'availableReplicas: 3', r'color: green')
    k9s.type(escape)
    k9s.until(r'apple +3/3')


def scale_and_restart(k9s):
    k9s.type('s')
    k9s.until(r'Replicas: 3')
    k9s.type(f'{backspace}5\t\r')
    k9s.until(r'apple +5/5 +5 +5')
    assert kubectl('get', 'deployment', 'apple', '-n', namespace, '-o', 'jsonpath={.spec.replicas}') == '5'
    before = kubectl('get', 'deployment', 'apple', '-n', namespace, '-o', 'jsonpath={.metadata.generation}')
    k9s.type('r')
    k9s.until(r'[Rr]estart.*deployment')
    k9s.type('\t\r')
    kubectl('wait', 'deployment/apple', '-n', namespace, '--for', f'jsonpath={{.metadata.generation}}={int(before) + 1}', '--timeout=20s')
    kubectl('rollout', 'status', 'deployment/apple', '-n', namespace, '--timeout=60s')
    k9s.until(r'apple +5/5 +5 +5')


def edit(k9s):
    k9s.type('e')
    kubectl('wait', 'deployment/apple', '-n', namespace, '--for', 'jsonpath={.metadata.labels.color}=red', '--timeout=20s')
    k9s.until(r'apple +5/5')


def pods(k9s):
    k9s.type(':pods\r')
    k9s.until(r'pods\S*\[6\]', *[r'apple-\S+ .*1/1 +Running .* 10\.\d+\.\d+\.\d+'], r'talker .*1/1 +Running')
    k9s.type('/talker\r')
    k9s.until(r'talker', without=[r'apple-'])
    k9s.type('l')
    k9s.until(r'ripe and sweet')
    k9s.type(escape)
    k9s.until(r'talker .*1/1 +Running')
    k9s.type('s')
    k9s.until(r'K9s-Shell', r'\n/ #')
    k9s.type('echo $((6 * 7)) in $(hostname)\r')
    k9s.until(r'42 in talker')
    k9s.type('exit\r')
    k9s.until(r'talker .*1/1 +Running')
    k9s.type(ctrl_d)
    k9s.until(r'Delete pods? ' + namespace + '/talker')
    k9s.type('\t\r')
    kubectl('wait', 'pod/talker', '-n', namespace, '--for=delete', '--timeout=60s')
    k9s.type(':pods\r')
    k9s.until(r'pods\S*\[5\]', without=[r'talker'])


def others(k9s):
    k9s.type(':nodes\r')
    k9s.until(r'Ready .*v1\.\d+')
    k9s.type(':clusterroles cluster-admin\r')
    k9s.until(r'cluster-admin')
    k9s.type(':events\r')
    k9s.until(r'Killing .*pod/talker', r'ScalingReplicaSet +deployment/apple')
    k9s.type(':namespaces\r')
    k9s.until(namespace + r'\S* +Active', r'kube-system +Active')


def main():
    kubectl('apply', '-f', '-', text=objects)
    kubectl('rollout', 'status', 'deployment/apple', '-n', namespace, '--timeout=60s')
    kubectl('wait', 'pod/talker', '-n', namespace, '--for=condition=Ready', '--timeout=60s')
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, 'HOME': home, 'TERM': 'xterm-256color', 'EDITOR': "sed -i 's/color: green/color: red/'"}
        for name in ('CONFIG', 'STATE', 'DATA'):
            environment[f'XDG_{name}_HOME'] = os.path.join(home, name.lower())
        k9s = Terminal([os.path.abspath('k9s'), '--splashless', '--namespace', namespace, '--refresh', '1'], environment)
        try:
            k9s.until(r'apple-\S+ .*Running', r'talker .*Running', r'Viewing')
            for step in (workloads, scale_and_restart, edit, pods, others):
                step(k9s)
                print(f'ok {step.__name__}', flush=True)
        finally:
            k9s.close()
    kubectl('delete', 'namespace', namespace, '--timeout=60s')


try:
    main()
except subprocess.CalledProcessError as error:
    sys.exit(f'{error}: {error.stderr}')
