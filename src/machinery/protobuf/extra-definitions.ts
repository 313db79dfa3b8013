import type { CompactDefinitions, CompactField } from '../../../openapi/compact.ts';
import { fieldBits } from '../../../openapi/compact.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const { omitEmpty, pointer } = fieldBits;

const partialObject: CompactField[] = [['metadata', `#${meta}.ObjectMeta`, 1, omitEmpty]];
const partialObjectList: CompactField[] = [
  ['metadata', `#${meta}.ListMeta`, 1, omitEmpty],
  ['items', `[]#${meta}.PartialObjectMetadata`, 2, 0],
];

/** Messages that no document describes, in the form of the generated definitions. */
export const extraDefinitions: CompactDefinitions = {
  [`${meta}.PartialObjectMetadata`]: { k: ['meta.k8s.io', 'v1', 'PartialObjectMetadata'], f: partialObject },
  [`${meta}.PartialObjectMetadataList`]: { k: ['meta.k8s.io', 'v1', 'PartialObjectMetadataList'], f: partialObjectList },
  [`${meta}beta1.PartialObjectMetadata`]: { k: ['meta.k8s.io', 'v1beta1', 'PartialObjectMetadata'], f: partialObject },
  [`${meta}beta1.PartialObjectMetadataList`]: { k: ['meta.k8s.io', 'v1beta1', 'PartialObjectMetadataList'], f: partialObjectList },
  // Read as policy/v1's, of which it is the older name.
  'io.k8s.api.policy.v1beta1.Eviction': {
    k: ['policy', 'v1beta1', 'Eviction'],
    f: [
      ['metadata', `#${meta}.ObjectMeta`, 1, omitEmpty],
      ['deleteOptions', `#${meta}.DeleteOptions`, 2, omitEmpty | pointer],
    ],
  },
  [`${meta}.CreateOptions`]: {
    k: ['', 'v1', 'CreateOptions'],
    f: [
      ['dryRun', '[]string', 1, omitEmpty],
      ['fieldManager', 'string', 3, omitEmpty],
      ['fieldValidation', 'string', 4, omitEmpty],
    ],
  },
  [`${meta}.UpdateOptions`]: {
    k: ['', 'v1', 'UpdateOptions'],
    f: [
      ['dryRun', '[]string', 1, omitEmpty],
      ['fieldManager', 'string', 2, omitEmpty],
      ['fieldValidation', 'string', 3, omitEmpty],
    ],
  },
  [`${meta}.PatchOptions`]: {
    k: ['', 'v1', 'PatchOptions'],
    f: [
      ['dryRun', '[]string', 1, omitEmpty],
      ['force', 'boolean', 2, omitEmpty | pointer],
      ['fieldManager', 'string', 3, omitEmpty],
      ['fieldValidation', 'string', 4, omitEmpty],
    ],
  },
};
