import { access } from './access.ts';
import { custom } from './custom.ts';
import { definitionArea } from './definitions.ts';
import { deletes } from './deletes.ts';
import type { Area } from './exchange.ts';
import { manifestArea } from './manifests.ts';
import { policyArea } from './policies.ts';
import { protobufs } from './protobufs.ts';
import { protocol } from './protocol.ts';
import { reads } from './reads.ts';
import { subresources } from './subresources.ts';
import { tables } from './tables.ts';
import { watches } from './watches.ts';
import { writes } from './writes.ts';

/** What is compared besides mutated bodies; the place of an area in the list is part of its seed. */
export const areas: readonly Area[] = [
  reads,
  tables,
  watches,
  deletes,
  subresources,
  protocol,
  writes,
  custom,
  access,
  policyArea,
  definitionArea,
  manifestArea,
  protobufs,
];
