import { ingress as ingresses } from '../../../api/networking.k8s.io/v1/ingress.ts';
import { defaultClassAnnotation, ingressClass as ingressClasses } from '../../../api/networking.k8s.io/v1/ingressclass.ts';
import type { Ingress } from '../../../openapi/types.ts';
import { isFor, type Lookup, newestDefault } from '../lookup.ts';
import type { AdmissionPlugin } from '../plugin.ts';

/** An Ingress that names no class gets the default one, the newest if there are several. */
export function defaultIngressClassPlugin(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    concerns: (attributes) => attributes.operation === 'CREATE' && isFor(attributes, ingresses),
    async mutate(attributes) {
      const ingress = attributes.object as Ingress;
      if (ingress.spec?.ingressClassName !== undefined) return;
      if (ingress.metadata?.annotations?.['kubernetes.io/ingress.class'] !== undefined) return;
      const byDefault = newestDefault(await lookup.list(ingressClasses, ''), defaultClassAnnotation);
      if (byDefault) ingress.spec = { ...ingress.spec, ingressClassName: byDefault.metadata!.name! };
    },
  };
}
