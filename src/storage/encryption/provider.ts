/** Encrypts what lies on the disk, in a form of its own. */
export interface Provider {
  /** What its values begin with; '' for plain ones. */
  readonly prefix: string;
  /** @returns the value without the prefix @param context is authenticated with it: the entry's key @throws Error where it cannot now */
  encrypt(value: Uint8Array, context: string): Uint8Array;
  /** @param stored without the prefix @throws Error in upstream's words */
  decrypt(stored: Uint8Array, context: string): Decrypted | Promise<Decrypted>;
  /** Whether a value that decrypts should be written anew: it is not how `encrypt` would write it. */
  isStale(stored: Uint8Array): boolean;
}

export type Decrypted = Uint8Array;

/** A key of a provider that has several: the first one writes. */
export interface NamedKey {
  readonly name: string;
  readonly key: Buffer;
}

/**
 * A provider whose values carry the name of their key.
 * @param prefix such as `k8s:enc:aescbc:v1:`
 * @param algorithm as the message calls it where no key has the name
 */
export function keyedProvider(prefix: string, algorithm: string, keys: readonly NamedKey[], { encrypt, decrypt }: Cipher): Provider {
  const named = keys.map(({ name, key }) => ({ mark: Buffer.from(`${name}:`), key }));
  const writing = named[0]!;
  return {
    prefix,
    encrypt: (value, context) => Buffer.concat([writing.mark, encrypt(writing.key, value, context)]),
    decrypt(stored, context) {
      const problems: Error[] = [];
      for (const { mark, key } of named) {
        if (!startsWith(stored, mark)) continue;
        try {
          return decrypt(key, stored.subarray(mark.length), context);
        } catch (error) {
          problems.push(error as Error);
        }
      }
      throw problems[0] ?? new Error(`no matching key was found for the provided ${algorithm} transformer`);
    },
    isStale: (stored) => !startsWith(stored, writing.mark),
  };
}

export interface Cipher {
  encrypt(key: Buffer, value: Uint8Array, context: string): Uint8Array;
  /** @throws Error in upstream's words */
  decrypt(key: Buffer, stored: Uint8Array, context: string): Uint8Array;
}

export function startsWith(value: Uint8Array, mark: Uint8Array): boolean {
  return value.length >= mark.length && Buffer.compare(value.subarray(0, mark.length), mark) === 0;
}

const encrypted = Buffer.from('k8s:enc:');

/** Values as they are. */
export const identity: Provider = {
  prefix: '',
  encrypt: (value) => value,
  decrypt(stored) {
    if (startsWith(stored, encrypted)) throw new Error('identity transformer tried to read encrypted data');
    return stored;
  },
  isStale: () => false,
};
