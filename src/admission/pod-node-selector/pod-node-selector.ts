import { namespace as namespaces } from '../../../api/core/v1/namespace.ts';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import type { Pod } from '../../../openapi/types.ts';
import { ApiError } from '../../registry/errors.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

const annotation = 'scheduler.alpha.kubernetes.io/node-selector';
const defaultName = 'clusterDefaultNodeSelector';

type Selector = Readonly<Record<string, string>>;

/**
 * Pods get the node selector of their namespace (its annotation, or the cluster's default) and stay within the whitelist of labels that is configured for it.
 * @param configuration selectors by namespace, and the default one, as text
 */
export function podNodeSelectorPlugin(lookup: Lookup, configuration: Readonly<Record<string, string>>): AdmissionPlugin {
  const selectorOf = async (attributes: AdmissionAttributes): Promise<Selector> => {
    const name = attributes.namespace;
    const namespace = lookup.cached(namespaces, '', name) ?? (await lookup.get(namespaces, '', name));
    const own = namespace?.metadata?.annotations?.[annotation];
    return parse(own ?? configuration[defaultName] ?? '');
  };
  const judge = async (attributes: AdmissionAttributes): Promise<void> => {
    const own = (attributes.object as Pod).spec?.nodeSelector ?? {};
    const selector = await selectorOf(attributes);
    if (Object.entries(selector).some(([key, value]) => own[key] !== value))
      throw refuse(attributes, 'pod node label selector conflicts with its namespace node label selector');
    const whitelist = parse(configuration[attributes.namespace] ?? '');
    const isWithin = Object.entries(own).every(([key, value]) => whitelist[key] === value);
    if (Object.keys(whitelist).length > 0 && !isWithin)
      throw refuse(attributes, 'pod node label selector labels conflict with its namespace whitelist');
  };
  const isConcerned = (attributes: AdmissionAttributes) => isFor(attributes, pods) && attributes.object !== undefined;
  return {
    name: 'PodNodeSelector',
    concerns: (attributes) => attributes.operation === 'CREATE' && isConcerned(attributes),
    async mutate(attributes) {
      const spec = (attributes.object as Pod).spec!;
      const selector = await selectorOf(attributes);
      const own = spec.nodeSelector ?? {};
      if (Object.entries(selector).some(([key, value]) => Object.hasOwn(own, key) && own[key] !== value))
        throw refuse(attributes, 'pod node label selector conflicts with its namespace node label selector');
      if (Object.keys(selector).length > 0) spec.nodeSelector = { ...selector, ...own };
      await judge(attributes);
    },
    validate: judge,
  };
}

/** @throws ApiError 500 */
function parse(text: string): Selector {
  const selector: Record<string, string> = {};
  for (const part of text.split(',').filter((one) => one !== '')) {
    const pair = part.split('=');
    if (pair.length !== 2) throw new ApiError(500, '', `invalid selector: [${pair.join(' ')}]`);
    selector[pair[0]!.trim()] = pair[1]!.trim();
  }
  return selector;
}
