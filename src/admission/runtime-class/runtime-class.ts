import { isDeepStrictEqual } from 'node:util';
import { pod as pods } from '../../../api/core/v1/pod.ts';
import { goQuote } from '../../../api/meta/go-quote.ts';
import { nameIsPathSegment } from '../../../api/meta/names.ts';
import { asSent } from '../../../api/meta/sent-empty.ts';
import { runtimeClass as runtimeClasses } from '../../../api/node.k8s.io/v1/runtimeclass.ts';
import type { Pod, RuntimeClass } from '../../../openapi/types.ts';
import { ApiError } from '../../registry/errors.ts';
import { isFor, type Lookup } from '../lookup.ts';
import type { AdmissionAttributes, AdmissionPlugin } from '../plugin.ts';
import { refuse } from '../refuse.ts';

const mismatch = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

function isSameList(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  return isDeepStrictEqual(a, b);
}

/** Brings a RuntimeClass's overhead and scheduling rules into its pods (KEP-688). */
export function runtimeClassPlugin(lookup: Lookup): AdmissionPlugin {
  async function classOf(attributes: AdmissionAttributes, pod: Pod): Promise<RuntimeClass | undefined> {
    const name = pod.spec?.runtimeClassName;
    if (name === undefined) return undefined;
    if (name === '') throw new ApiError(500, '', 'resource name may not be empty');
    const impossible = nameIsPathSegment(name, false);
    if (impossible.length > 0) throw new ApiError(500, '', `invalid resource name ${goQuote(name)}: [${impossible.join(' ')}]`);
    const found = (await lookup.get(runtimeClasses, '', name)) as RuntimeClass | undefined;
    if (!found) throw refuse(attributes, `pod rejected: RuntimeClass ${goQuote(name)} not found`);
    return found;
  }

  return {
    name: 'RuntimeClass',
    concerns: (attributes) => attributes.operation === 'CREATE' && isFor(attributes, pods),
    async mutate(attributes) {
      const pod = attributes.object as Pod;
      const runtimeClass = await classOf(attributes, pod);
      if (!runtimeClass) return;
      const spec = pod.spec!;
      const { overhead } = runtimeClass;
      if (overhead) {
        if (spec.overhead && !isSameList(spec.overhead, overhead.podFixed)) throw refuse(attributes, mismatch);
        if (overhead.podFixed) spec.overhead = { ...overhead.podFixed };
      }
      for (const [key, value] of Object.entries(runtimeClass.scheduling?.nodeSelector ?? {})) {
        const present = spec.nodeSelector?.[key];
        if (present !== undefined && present !== value) {
          throw refuse(
            attributes,
            `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${present}`,
          );
        }
        spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
      }
      const more = (runtimeClass.scheduling?.tolerations ?? []).filter(
        (toleration) => !spec.tolerations?.some((present) => isDeepStrictEqual(present, toleration)),
      );
      if (more.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...structuredClone(more)];
    },
    async validate(attributes) {
      const pod = attributes.object as Pod;
      const runtimeClass = await classOf(attributes, pod);
      const overhead = runtimeClass?.overhead;
      if (overhead && !isSameList(pod.spec?.overhead, overhead.podFixed)) throw refuse(attributes, mismatch);
      // An empty overhead that was sent is one as well.
      if (!overhead && asSent(pod.spec, 'overhead')) {
        throw refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
      }
    },
  };
}
