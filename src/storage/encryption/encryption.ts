import { aggregate } from '../../../api/meta/text.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { Logger } from '../../machinery/logger.ts';
import type { Random } from '../../machinery/random.ts';
import { UnreadableValueError, UnwritableValueError } from '../errors.ts';
import { aesCbc, aesGcm, secretbox } from './ciphers.ts';
import { groupOf, type ProviderConfiguration, type ResourceConfiguration } from './configuration.ts';
import { KmsProvider } from './kms-provider.ts';
import { type Cipher, identity, keyedProvider, type Provider, startsWith } from './provider.ts';
import type { ValueCodec } from './value-codec.ts';

/** What configuration and messages call what lies under a key of the store. */
export interface KeyNames {
  /** `secrets`, `deployments.apps`; undefined for what is no resource's. */
  resource(key: string): string | undefined;
  /** The key that upstream's storage has for it. */
  public(key: string): string;
}

export interface EncryptionParts {
  readonly names: KeyNames;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** The providers of one configuration, by the resources that it names. */
interface Rules {
  readonly byResource: ReadonlyMap<string, readonly MarkedProvider[]>;
  readonly kms: readonly KmsProvider[];
}

interface MarkedProvider extends Provider {
  readonly mark: Buffer;
}

const plain: readonly MarkedProvider[] = [marked(identity)];
const nothing: Rules = { byResource: new Map(), kms: [] };

/**
 * Encryption at rest, as an EncryptionConfiguration orders it: of each resource's providers the first one that fits reads, and the first one writes. It may
 * be replaced while the store is in use.
 */
export class Encryption implements ValueCodec, Disposable {
  private readonly parts: EncryptionParts;
  private rules: Rules = nothing;
  /** Asked for each read and write, which know the resource by its keys' prefix only. */
  private readonly chosen = new Map<string, readonly MarkedProvider[]>();

  constructor(parts: EncryptionParts) {
    this.parts = parts;
  }

  /** Whether another process is asked for keys. */
  get usesKms(): boolean {
    return this.rules.kms.length > 0;
  }

  /**
   * Puts a configuration into force; resolves when each KMS plugin has been asked once. The one before ends.
   * @throws Error in kube-apiserver's words, then the one before stays
   */
  async use(configuration: readonly ResourceConfiguration[]): Promise<void> {
    const rules = this.build(configuration);
    await Promise.all(rules.kms.map((kms) => kms.start()));
    const { kms } = this.rules;
    this.rules = rules;
    this.chosen.clear();
    for (const one of kms) one[Symbol.dispose]();
  }

  /** @throws Error of the first KMS plugin that is not well */
  checkHealth(): void {
    for (const kms of this.rules.kms) kms.checkHealth();
  }

  refusal(key: string): Error | undefined {
    const [writing] = this.providersOf(key);
    const reason = writing instanceof KmsProvider ? writing.refusal() : undefined;
    return reason === undefined ? undefined : new UnwritableValueError(reason);
  }

  encode(key: string, value: Uint8Array): Uint8Array {
    const writing = this.providersOf(key)[0]!;
    if (writing.prefix === '') return value;
    return Buffer.concat([writing.mark, writing.encrypt(value, this.parts.names.public(key))]);
  }

  decode(key: string, stored: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const providers = this.providersOf(key);
    return this.decodeWith(key, stored, providers, 0, []);
  }

  isStale(key: string, stored: Uint8Array): boolean {
    const writing = this.providersOf(key)[0]!;
    if (!startsWith(stored, writing.mark)) return true;
    return writing.prefix === '' ? startsWith(stored, encryptedMark) : writing.isStale(stored.subarray(writing.mark.length));
  }

  [Symbol.dispose](): void {
    for (const one of this.rules.kms) one[Symbol.dispose]();
  }

  private decodeWith(
    key: string,
    stored: Uint8Array,
    providers: readonly MarkedProvider[],
    from: number,
    reasons: string[],
  ): Uint8Array | Promise<Uint8Array> {
    const context = this.parts.names.public(key);
    for (let i = from; i < providers.length; i++) {
      const provider = providers[i]!;
      if (!startsWith(stored, provider.mark)) continue;
      const failed = (error: unknown) => {
        // Only where nothing else is configured, a plain value has to be one.
        if (provider.prefix !== '' || providers === plain) reasons.push((error as Error).message);
      };
      try {
        const value = provider.decrypt(stored.subarray(provider.mark.length), context);
        if (!(value instanceof Promise)) return value;
        return value.catch((error) => {
          failed(error);
          return this.decodeWith(key, stored, providers, i + 1, reasons);
        });
      } catch (error) {
        failed(error);
      }
    }
    const reason = reasons.length > 0 ? aggregate(reasons) : 'no matching prefix found';
    throw new UnreadableValueError(context, reason);
  }

  private providersOf(key: string): readonly MarkedProvider[] {
    if (this.rules === nothing) return plain;
    const prefix = key.slice(0, key.indexOf('/', key.indexOf('/', '/registry/'.length) + 1) + 1);
    let providers = this.chosen.get(prefix);
    if (!providers) this.chosen.set(prefix, (providers = this.choose(this.parts.names.resource(key))));
    return providers;
  }

  private choose(resource: string | undefined): readonly MarkedProvider[] {
    if (resource === undefined) return plain;
    const { byResource } = this.rules;
    return byResource.get(resource) ?? byResource.get(`*.${groupOf(resource)}`) ?? byResource.get('*.*') ?? plain;
  }

  private build(configuration: readonly ResourceConfiguration[]): Rules {
    const byResource = new Map<string, MarkedProvider[]>();
    const kms: KmsProvider[] = [];
    for (const { resources = [], providers = [] } of configuration) {
      const made = providers.map((one) => marked(this.provider(one)));
      kms.push(...made.filter((one) => one instanceof KmsProvider));
      for (const resource of resources) {
        for (const earlier of [`*.${groupOf(resource)}`, '*.*']) {
          if (byResource.has(earlier) && earlier !== resource)
            throw new Error(`resource ${JSON.stringify(resource)} is masked by earlier rule ${JSON.stringify(earlier)}`);
        }
        byResource.set(resource, [...(byResource.get(resource) ?? []), ...made]);
      }
    }
    return { byResource, kms };
  }

  private provider({ aesgcm, aescbc, secretbox: box, kms }: ProviderConfiguration): Provider {
    const { random } = this.parts;
    const keyed = (prefix: string, algorithm: string, { keys = [] }: NonNullable<typeof aescbc>, cipher: Cipher) =>
      keyedProvider(
        prefix,
        algorithm,
        keys.map(({ name, secret }) => ({ name: name!, key: Buffer.from(secret!, 'base64') })),
        cipher,
      );
    if (aesgcm) return keyed('k8s:enc:aesgcm:v1:', 'AES', aesgcm, aesGcm(random));
    if (aescbc) return keyed('k8s:enc:aescbc:v1:', 'AES', aescbc, aesCbc(random));
    if (box) return keyed('k8s:enc:secretbox:v1:', 'Secretbox', box, secretbox(random));
    if (!kms) return identity;
    if (kms.apiVersion !== 'v2') {
      throw new Error(
        'KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 instead.  Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature.',
      );
    }
    return new KmsProvider(kms, this.parts);
  }
}

const encryptedMark = Buffer.from('k8s:enc:');

function marked<P extends Provider>(provider: P): P & MarkedProvider {
  return Object.assign(provider, { mark: Buffer.from(provider.prefix) });
}
