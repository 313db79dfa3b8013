import { node as nodes } from '../../../api/core/v1/node.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { semanticEqual } from '../../../api/meta/equal.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import type { Node, Pod } from '../../../openapi/types.ts';
import type { Lookup } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

/** NodeDeclaredFeatureValidator: a pod is not changed in a way that its node does not say it knows (KEP-5328). */
export function nodeDeclaredFeaturesPlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'NodeDeclaredFeatureValidator',
    async validate(attributes) {
      const { definition, operation, subresource } = attributes;
      if (operation !== 'UPDATE' || definition !== pods || (subresource !== '' && subresource !== 'resize')) return;
      const [pod, before] = [attributes.object as Pod, attributes.old as Pod];
      const nodeName = pod.spec?.nodeName;
      if (!nodeName || pod.metadata!.generation === before.metadata!.generation) return;
      const needed = featuresNeededByChange(before, pod);
      if (needed.length === 0) return;
      const node = (await lookup.get(nodes, '', nodeName)) as Node | undefined;
      if (!node) throw refuse(attributes, `node ${goQuote(nodeName)} not found`);
      const declared: readonly string[] = node.status?.declaredFeatures ?? [];
      const missing = needed.filter((feature) => !declared.includes(feature));
      if (missing.length === 0) return;
      const text = `pod update requires features ${missing.join(', ')} which are not available on node ${goQuote(nodeName)}`;
      throw refuse(attributes, text);
    },
  };
}

/** In the order in which upstream knows them. */
function featuresNeededByChange({ spec: before }: Pod, { spec: after }: Pod): string[] {
  const needed: string[] = [];
  if (!semanticEqual(before?.resources, after?.resources)) needed.push('InPlacePodLevelResourcesVerticalScaling');
  const resized = before?.initContainers?.some(
    ({ restartPolicy, resources }, i) => restartPolicy !== 'Always' && !semanticEqual(resources, after?.initContainers?.[i]?.resources),
  );
  if (resized) needed.push('InPlacePodVerticalScalingInitContainers');
  return needed;
}
