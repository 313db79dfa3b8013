import { MessageChannel } from 'node:worker_threads';
import { openMemoryStorage } from '../memory/memory-storage.ts';
import type { Storage } from '../storage.ts';
import { storageSuite } from '../suite.ts';
import { PortStorage } from './port-storage.ts';
import { serveStorage } from './serve-storage.ts';

/** A store whose end takes the served one with it, so that the suite can close both. */
class WholePortStorage extends PortStorage {
  served!: Storage;

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.served[Symbol.asyncDispose]();
  }
}

storageSuite('of another thread', {
  async open(clock) {
    const { port1, port2 } = new MessageChannel();
    const served = openMemoryStorage({ clock });
    serveStorage(served, port1);
    return Object.assign(new WholePortStorage(port2), { served });
  },
});
