// Records the scripts from a real cluster: node --import tsx conformance/kubectl/record.ts --kubeconfig FILE [--kubectl FILE] [--stop LINE --start LINE] [SCRIPT…]
// The lines stop and start the kubelet of node-2; README.md says how.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundledTool } from '../harness/tools.ts';
import { writeGolden } from './golden.ts';
import { scripts } from './scripts.ts';
import { runScript, type Target } from './session.ts';
import type { Entry } from './transcript.ts';

const { values, positionals } = parseArgs({
  options: { kubeconfig: { type: 'string' }, kubectl: { type: 'string' }, stop: { type: 'string' }, start: { type: 'string' } },
  allowPositionals: true,
});
if (!values.kubeconfig) throw new Error('record.ts --kubeconfig FILE [--kubectl FILE] [--stop LINE --start LINE] [SCRIPT…]');
const kubeconfig = values.kubeconfig;
const newest = await bundledTool('kubectl');
const kubectl = values.kubectl ?? newest;
const version = JSON.parse(execFileSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' })).clientVersion.gitVersion;
const minor = /^v(\d+\.\d+)/.exec(version)![1];
const admin = (...args: string[]) => execFileSync(newest, ['--kubeconfig', kubeconfig, ...args], { stdio: 'pipe' });

const target: Target = {
  kubeconfig,
  kubectl,
  helm: await bundledTool('helm'),
  minor: Number(minor.split('.')[1]),
  async afterwards(line) {
    if (line.includes('orrery.dev/kubelet=stopped')) execFileSync('/bin/sh', ['-c', values.stop!]);
    if (line.includes('orrery.dev/kubelet-')) execFileSync('/bin/sh', ['-c', values.start!]);
  },
};
if (admin('get', 'nodes', '-o', 'name').length === 0) admin('apply', '-f', fileURLToPath(new URL('files/nodes.yaml', import.meta.url)));
for (const name of positionals.length > 0 ? positionals : Object.keys(scripts)) {
  const entries: Entry[] = [];
  await runScript(scripts[name], target, (entry) => entries.push(entry));
  writeGolden(name, minor, entries);
  console.log(`${name}, kubectl ${minor}: ${entries.length} commands`);
}
