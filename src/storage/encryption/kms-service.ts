import type { Client, ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { Clock } from '../../machinery/clock.ts';

export interface KmsStatus {
  readonly version: string;
  readonly healthz: string;
  readonly keyId: string;
}

export interface EncryptedKey {
  readonly ciphertext: Uint8Array;
  readonly keyId: string;
  readonly annotations: Readonly<Record<string, Uint8Array>>;
}

const bytes = 'bytes';
const annotations = { keyType: 'string', type: bytes };

// KMS v2, https://github.com/kubernetes/kms/blob/release-1.36/apis/v2/api.proto, and what is stored with a value.
const messages = protobuf.Root.fromJSON({
  nested: {
    StatusRequest: { fields: {} },
    StatusResponse: {
      fields: { version: { type: 'string', id: 1 }, healthz: { type: 'string', id: 2 }, keyId: { type: 'string', id: 3 } },
    },
    DecryptRequest: {
      fields: {
        ciphertext: { type: bytes, id: 1 },
        uid: { type: 'string', id: 2 },
        keyId: { type: 'string', id: 3 },
        annotations: { ...annotations, id: 4 },
      },
    },
    DecryptResponse: { fields: { plaintext: { type: bytes, id: 1 } } },
    EncryptRequest: { fields: { plaintext: { type: bytes, id: 1 }, uid: { type: 'string', id: 2 } } },
    EncryptResponse: {
      fields: { ciphertext: { type: bytes, id: 1 }, keyId: { type: 'string', id: 2 }, annotations: { ...annotations, id: 3 } },
    },
    EncryptedObject: {
      fields: {
        encryptedData: { type: bytes, id: 1 },
        keyId: { type: 'string', id: 2 },
        encryptedSource: { type: bytes, id: 3 },
        annotations: { ...annotations, id: 4 },
        sourceType: { type: 'int32', id: 5 },
      },
    },
  },
} as protobuf.INamespace);

/** A value as a KMS provider stores it. */
export interface EncryptedObject {
  readonly encryptedData: Uint8Array;
  readonly keyId: string;
  readonly encryptedSource: Uint8Array;
  readonly annotations: Readonly<Record<string, Uint8Array>>;
  /** How the key that encrypts comes from the source: see `seedSource`. */
  readonly sourceType: number;
}

export function encodeEncryptedObject(object: EncryptedObject): Uint8Array {
  return messages.lookupType('EncryptedObject').encode(object).finish();
}

/** @throws Error */
export function decodeEncryptedObject(stored: Uint8Array): EncryptedObject {
  const type = messages.lookupType('EncryptedObject');
  return type.toObject(type.decode(stored), { defaults: true, objects: true }) as unknown as EncryptedObject;
}

const codes = [
  ...['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists', 'PermissionDenied'],
  ...['ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented', 'Internal', 'Unavailable', 'DataLoss'],
  'Unauthenticated',
];

/** A KMS plugin's service (v2) behind a unix socket. The connection is made by the first call, and again after it was lost. */
export class KmsService implements Disposable {
  private readonly endpoint: string;
  private readonly timeout: number;
  private readonly clock: Clock;
  private client: Promise<Client> | undefined;

  /** @param endpoint `unix:///path` @param timeout milliseconds for each call */
  constructor(endpoint: string, timeout: number, clock: Clock) {
    this.endpoint = endpoint;
    this.timeout = timeout;
    this.clock = clock;
  }

  async status(): Promise<KmsStatus> {
    return (await this.call('Status', {})) as KmsStatus;
  }

  async encrypt(uid: string, plaintext: Uint8Array): Promise<EncryptedKey> {
    return (await this.call('Encrypt', { uid, plaintext })) as EncryptedKey;
  }

  async decrypt(uid: string, { ciphertext, keyId, annotations: notes }: EncryptedKey): Promise<Uint8Array> {
    return ((await this.call('Decrypt', { uid, ciphertext, keyId, annotations: notes })) as { plaintext: Uint8Array }).plaintext;
  }

  [Symbol.dispose](): void {
    void this.client?.then((client) => client.close());
  }

  // grpc-js is loaded only where there is a plugin to call.
  private async connect(): Promise<Client> {
    const { Client, credentials } = await import('@grpc/grpc-js');
    const socket = decodeURIComponent(new URL(this.endpoint).pathname);
    return new Client(`unix:${socket}`, credentials.createInsecure());
  }

  private async call(method: string, request: object): Promise<unknown> {
    this.client ??= this.connect();
    const client = await this.client;
    const [asked, answered] = [messages.lookupType(`${method}Request`), messages.lookupType(`${method}Response`)];
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest<object, unknown>(
        `/v2.KeyManagementService/${method}`,
        (message) => Buffer.from(asked.encode(message).finish()),
        (answer) => answered.toObject(answered.decode(answer), { defaults: true, objects: true }),
        request,
        { deadline: this.clock.now() + this.timeout },
        (error: ServiceError | null, answer) => {
          if (error) reject(new Error(`rpc error: code = ${codes[error.code] ?? error.code} desc = ${error.details}`));
          else resolve(answer);
        },
      );
    });
  }
}
