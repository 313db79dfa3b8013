import type { RemoteConversion } from '../../../api/define.ts';
import { jsonText } from '../../../api/meta/json-text.ts';
import type { KubeObject } from '../../../api/meta/object.ts';
import { plainError } from '../../machinery/patch/error.ts';
import { ApiError } from '../../registry/errors.ts';

/** Thrown by a step that needs a conversion which another process has still to do. */
class Unconverted extends Error {
  readonly conversion: Promise<void>;
  constructor(conversion: Promise<void>) {
    super('a conversion is under way');
    this.conversion = conversion;
  }
}

/**
 * Conversions between versions of a custom kind by another process, for steps that are synchronous and without effects, as the tracking of managed fields
 * is: a step that lacks a conversion breaks off, and is taken again once it is there. So only those wait who need one, and only for what they need.
 */
export class RemoteVersions {
  private readonly known = new Map<string, () => KubeObject>();
  private readonly remote: RemoteConversion;

  constructor(remote: RemoteConversion) {
    this.remote = remote;
  }

  /** @throws PatchError for what the other process could not convert; what else is thrown is for `settle` */
  convert(object: KubeObject, apiVersion: string): KubeObject {
    const key = `${apiVersion} ${jsonText(object)}`;
    const known = this.known.get(key);
    if (known) return known();
    throw new Unconverted(this.fetch(key, object, apiVersion));
  }

  /** What `step` gives, with all the conversions that it asks for. */
  async settle<T>(step: () => T): Promise<T> {
    for (;;) {
      try {
        return step();
      } catch (error) {
        if (!(error instanceof Unconverted)) throw error;
        await error.conversion;
      }
    }
  }

  private async fetch(key: string, object: KubeObject, apiVersion: string): Promise<void> {
    try {
      const converted = await this.remote.toVersion(object, apiVersion);
      this.known.set(key, () => converted);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.known.set(key, () => {
        throw plainError(error.message);
      });
    }
  }
}
