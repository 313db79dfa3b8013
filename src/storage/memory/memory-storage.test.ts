import { storageSuite } from '../suite.ts';
import { openMemoryStorage } from './memory-storage.ts';

storageSuite('memory', { open: async (clock) => openMemoryStorage({ clock }) });
