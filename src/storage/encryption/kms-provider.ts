import { createHash, createHmac } from 'node:crypto';
import { parseGoDuration } from '../../../api/meta/duration.ts';
import { type Clock, formatTime, type Timer } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Random } from '../../machinery/random.ts';
import { openGcm, sealGcm } from './ciphers.ts';
import type { KmsConfiguration } from './configuration.ts';
import { decodeEncryptedObject, type EncryptedKey, encodeEncryptedObject, KmsService } from './kms-service.ts';
import type { Provider } from './provider.ts';

/** The sorts of EncryptedObject.sourceType: the source is the key itself, or keys are derived from it. */
const keySource = 0;
const seedSource = 1;
const seedLength = 32;
const infoLength = 32;
const nonceLength = 12;
const defaultTimeout = 3_000;
const sickPollMs = 10_000;
const wellPollMs = 60_000;
/** So long after the plugin last named its key, values may still be written with it. */
const writableMs = 3 * 60_000;
const rememberedSeeds = 1_000;

/** What values are encrypted with now. */
interface WritingState {
  readonly seed: Buffer;
  readonly encrypted: EncryptedKey;
  expires: number;
}

/**
 * KMS v2 (KEP-3299): a seed of this process encrypts values, the plugin encrypts the seed, which is stored with each value. A new key of the plugin brings
 * a new seed. Seeds that were decrypted once are remembered.
 */
export class KmsProvider implements Provider, Disposable {
  readonly prefix: string;
  private readonly service: KmsService;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly logger: Logger;
  private readonly name: string;
  private readonly seeds = new Map<string, Buffer | Promise<Buffer>>();
  private state: WritingState | undefined;
  private health: Error | undefined = new Error('the plugin has not been asked yet');
  private timer: Timer | undefined;
  private ended = false;

  constructor({ name = '', endpoint = '', timeout }: KmsConfiguration, parts: { clock: Clock; random: Random; logger: Logger }) {
    this.name = name;
    this.prefix = `k8s:enc:kms:v2:${name}:`;
    this.clock = parts.clock;
    this.random = parts.random;
    this.logger = parts.logger;
    this.service = new KmsService(endpoint, timeout === undefined ? defaultTimeout : parseGoDuration(timeout), parts.clock);
  }

  /** Asks the plugin for its state, once now and then again and again. */
  async start(): Promise<void> {
    await this.poll();
  }

  /** @throws Error if the plugin said so, or nothing, when it was last asked */
  checkHealth(): void {
    if (this.health) throw this.health;
  }

  /** Why nothing can be encrypted now. */
  refusal(): string | undefined {
    if (!this.state) return 'got unexpected nil transformer';
    const now = this.clock.now();
    if (now <= this.state.expires) return undefined;
    const hash = `sha256:${createHash('sha256').update(this.state.encrypted.keyId).digest('hex')}`;
    return `encryptedDEKSource with keyID hash ${JSON.stringify(hash)} expired at ${formatTime(this.state.expires)} (current time is ${formatTime(now)})`;
  }

  encrypt(value: Uint8Array, context: string): Uint8Array {
    const { seed, encrypted } = this.state!;
    const info = this.random.bytes(infoLength);
    const sealed = sealGcm(derivedKey(seed, info), this.random.bytes(nonceLength), value, context);
    const { ciphertext: encryptedSource, keyId, annotations } = encrypted;
    return encodeEncryptedObject({
      encryptedData: Buffer.concat([info, sealed]),
      keyId,
      encryptedSource,
      annotations,
      sourceType: seedSource,
    });
  }

  decrypt(stored: Uint8Array, context: string): Uint8Array | Promise<Uint8Array> {
    const object = decodeEncryptedObject(stored);
    const { encryptedSource: ciphertext, keyId, annotations } = object;
    const open = (seed: Buffer) => openWith(seed, object, context);
    const seed = this.seedOf({ ciphertext, keyId, annotations });
    return seed instanceof Promise ? seed.then(open) : open(seed);
  }

  isStale(stored: Uint8Array): boolean {
    const { encryptedSource, keyId } = decodeEncryptedObject(stored);
    const current = this.state?.encrypted;
    return !current || keyId !== current.keyId || Buffer.compare(encryptedSource, current.ciphertext) !== 0;
  }

  [Symbol.dispose](): void {
    this.ended = true;
    this.timer?.cancel();
    this.service[Symbol.dispose]();
  }

  private seedOf(encrypted: EncryptedKey): Buffer | Promise<Buffer> {
    if (!this.state) throw new Error('got unexpected nil transformer');
    const id = idOf(encrypted);
    const known = this.seeds.get(id);
    if (known) return known;
    const asked = this.service.decrypt(this.random.uuid(), encrypted).then(
      (seed) => {
        const kept = Buffer.from(seed);
        this.remember(id, kept);
        return kept;
      },
      (error: Error) => {
        this.seeds.delete(id);
        throw new Error(`failed to decrypt DEK, error: ${error.message}`);
      },
    );
    this.remember(id, asked);
    return asked;
  }

  private remember(id: string, seed: Buffer | Promise<Buffer>): void {
    this.seeds.set(id, seed);
    if (this.seeds.size > rememberedSeeds) this.seeds.delete(this.seeds.keys().next().value!);
  }

  private async poll(): Promise<void> {
    try {
      await this.refresh();
      this.health = undefined;
    } catch (error) {
      if (this.ended) return;
      this.health = error as Error;
      this.logger.warn({ err: error, plugin: this.name }, 'a KMS plugin is not well');
    }
    if (this.ended) return;
    this.timer = this.clock.timer(this.health ? sickPollMs : wellPollMs, () => void this.poll(), { background: true });
  }

  /** Takes note of the plugin's key, and makes a seed for a new one. @throws Error where the plugin is not well */
  private async refresh(): Promise<void> {
    const { version, healthz, keyId } = await this.service.status().catch((error: Error) => {
      throw new Error(`failed to perform status section of the healthz check for KMS Provider ${this.name}, error: ${error.message}`);
    });
    if (keyId === '') throw new Error('got invalid empty keyID from the status of the KMS plugin');
    if (this.state?.encrypted.keyId !== keyId) {
      const seed = this.random.bytes(seedLength);
      const encrypted = await this.service.encrypt(this.random.uuid(), seed);
      if (encrypted.ciphertext.length === 0 || encrypted.keyId === '') throw new Error('the KMS plugin encrypts to nothing');
      this.state = { seed, encrypted, expires: 0 };
      this.remember(idOf(encrypted), seed);
    }
    this.state!.expires = this.clock.now() + writableMs;
    if (healthz !== 'ok') throw new Error(`got unexpected healthz status: ${healthz}`);
    if (version !== 'v2' && version !== 'v2beta1') throw new Error(`expected KMSv2 API version v2, got ${version}`);
  }
}

function idOf({ ciphertext, keyId }: EncryptedKey): string {
  return createHash('sha256').update(ciphertext).update(`\n${keyId}`).digest('base64');
}

// The first and only block of HKDF-Expand with SHA-256.
function derivedKey(seed: Buffer, info: Uint8Array): Buffer {
  return createHmac('sha256', seed)
    .update(info)
    .update(Buffer.from([1]))
    .digest();
}

function openWith(seed: Buffer, { encryptedData, sourceType }: { encryptedData: Uint8Array; sourceType: number }, context: string): Buffer {
  if (sourceType === keySource) return openGcm(seed, encryptedData, context);
  if (encryptedData.length < infoLength) throw new Error('the stored data was shorter than the required size');
  return openGcm(derivedKey(seed, encryptedData.subarray(0, infoLength)), encryptedData.subarray(infoLength), context);
}
