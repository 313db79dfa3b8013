import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { StaticScheduler } from '../testing/static-cluster.ts';
import { defaultConfiguration } from './defaults.ts';
import { readConfiguration } from './read.ts';

const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const profile = (text: string) => `${head}profiles:\n- schedulerName: a\n${text}`;
const creating = 'initializing profiles: creating profile for scheduler name a:';

test('a configuration without anything is the default one', () => {
  deepEqual(readConfiguration(head), defaultConfiguration);
});

test('what is read is what is used', () => {
  const { percentageOfNodesToScore, queue, profiles } = readConfiguration(
    `${head}percentageOfNodesToScore: 40
podInitialBackoffSeconds: 2
podMaxBackoffSeconds: 20
clientConnection: {qps: 100}
profiles:
- schedulerName: a
  percentageOfNodesToScore: 50
- schedulerName: b
  plugins:
    multiPoint: {enabled: [{name: TaintToleration, weight: 7}], disabled: [{name: ImageLocality}]}
    score: {disabled: [{name: NodeAffinity}]}
  pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu}]}}}]
`,
  );
  equal(percentageOfNodesToScore, 40);
  deepEqual(queue, { initialBackoff: 2_000, maximumBackoff: 20_000, longestWait: 300_000 });
  equal(profiles[0]!.percentageOfNodesToScore, 50);
  const names = profiles[1]!.multiPoint.enabled.map(({ name }) => name);
  deepEqual([names.includes('ImageLocality'), names.indexOf('TaintToleration')], [false, 4]);
  deepEqual(profiles[1]!.multiPoint.enabled[4], { name: 'TaintToleration', weight: 7 });
  deepEqual(profiles[1]!.plugins.score, { enabled: [], disabled: [{ name: 'NodeAffinity' }] });
  deepEqual(profiles[1]!.arguments.get('NodeResourcesFit'), {
    ignoredResources: [],
    ignoredResourceGroups: [],
    scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] },
  });
});

test('a wrong configuration is refused in kube-scheduler’s words', () => {
  const cases: [string, string][] = [
    ['{}', "Object 'Kind' is missing in '{}'"],
    ['kind: Foo\napiVersion: v1', 'no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"'],
    [profile('  bar: 2\n'), 'strict decoding error: unknown field "profiles[0].bar"'],
    [`${head}parallelism: "x"`, 'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32'],
    [
      `${head}percentageOfNodesToScore: 200\npodInitialBackoffSeconds: 0\npodMaxBackoffSeconds: -1\nprofiles:\n- schedulerName: a\n- schedulerName: a\n- {}\n`,
      '[profiles[1].schedulerName: Duplicate value: {}, profiles[2].schedulerName: Required value, percentageOfNodesToScore: Invalid value: 200: not in valid range [0-100], podInitialBackoffSeconds: Invalid value: 0: must be greater than 0, podMaxBackoffSeconds: Invalid value: -1: must be greater than or equal to PodInitialBackoffSeconds]',
    ],
    [
      profile('- schedulerName: b\n  plugins: {queueSort: {disabled: [{name: "*"}]}}\n'),
      'profiles[1].plugins.queueSort: Invalid value: {"Enabled":null,"Disabled":[{"Name":"*","Weight":0}]}: must be the same for all profiles',
    ],
    [
      profile(
        '  pluginConfig: [{name: InterPodAffinity, args: {hardPodAffinityWeight: 200}},{name: VolumeBinding, args: {bindTimeoutSeconds: -1}}]',
      ),
      '[profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 200: not in valid range [0, 100], profiles[0].pluginConfig[1].args.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value]',
    ],
    [
      profile('  pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: Foo, resources: [{name: cpu, weight: 300}]}}}]'),
      `${creating} initializing plugin "NodeResourcesFit": [scoringStrategy.type: Unsupported value: "Foo": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio", scoringStrategy.resources[0].weight: Invalid value: 300: resource weight of cpu not in valid range (0, 100]]`,
    ],
    [
      profile('  pluginConfig: [{name: PodTopologySpread, args: {kind: Foo}}]'),
      'decoding .profiles[0].pluginConfig[0]: decoding args for plugin PodTopologySpread: no kind "Foo" is registered for version "kubescheduler.config.k8s.io/v1" in scheme "pkg/runtime/scheme.go:111"',
    ],
    [profile('  plugins: {score: {enabled: [{name: Foo}]}}'), `${creating} ScorePlugin "Foo" does not exist`],
    [
      profile('  plugins: {filter: {enabled: [{name: ImageLocality}]}}'),
      `${creating} plugin "ImageLocality" does not extend FilterPlugin plugin`,
    ],
    [
      profile('  plugins: {multiPoint: {disabled: [{name: "*"}]}}'),
      `${creating} only one queue sort plugin required for profile with scheduler name "a", but got 0`,
    ],
  ];
  for (const [text, message] of cases) throws(() => new StaticScheduler({ nodes: [], pods: [] }, readConfiguration(text)), { message });
});
