import { createHash } from 'node:crypto';
import { type MethodDefinition, Server, ServerCredentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const api = protobuf.parse(`
  syntax = "proto3";
  package v2;
  message StatusRequest {}
  message StatusResponse { string version = 1; string healthz = 2; string key_id = 3; }
  message DecryptRequest { bytes ciphertext = 1; string uid = 2; string key_id = 3; map<string, bytes> annotations = 4; }
  message DecryptResponse { bytes plaintext = 1; }
  message EncryptRequest { bytes plaintext = 1; string uid = 2; }
  message EncryptResponse { bytes ciphertext = 1; string key_id = 2; map<string, bytes> annotations = 3; }
`).root;

type Reply = (error: object | null, message?: object) => void;

function method(name: string): MethodDefinition<any, any> {
  const [asked, answered] = [api.lookupType(`v2.${name}Request`), api.lookupType(`v2.${name}Response`)];
  return {
    path: `/v2.KeyManagementService/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message) => Buffer.from(asked.encode(message).finish()),
    requestDeserialize: (bytes) => asked.decode(bytes),
    responseSerialize: (message) => Buffer.from(answered.encode(answered.create(message)).finish()),
    responseDeserialize: (bytes) => answered.decode(bytes),
  };
}

/** A KMS v2 plugin on a unix socket, whose keys are made of their names; it forgets those before the present one if told to. */
export class KmsPlugin implements AsyncDisposable {
  keyId = 'key-1';
  healthz = 'ok';
  forgets = false;
  decrypted = 0;
  private readonly server = new Server();

  static async start(socket: string): Promise<KmsPlugin> {
    const plugin = new KmsPlugin();
    const service = { Status: method('Status'), Encrypt: method('Encrypt'), Decrypt: method('Decrypt') };
    plugin.server.addService(service, {
      Status: (_: unknown, answer: Reply) => answer(null, { version: 'v2', healthz: plugin.healthz, keyId: plugin.keyId }),
      Encrypt: ({ request }: any, answer: Reply) =>
        answer(null, { ciphertext: masked(plugin.keyId, request.plaintext), keyId: plugin.keyId, annotations: {} }),
      Decrypt({ request }: any, answer: Reply) {
        plugin.decrypted++;
        if (plugin.forgets && request.keyId !== plugin.keyId) return answer({ code: 2, details: 'no such key' });
        answer(null, { plaintext: masked(request.keyId, request.ciphertext) });
      },
    });
    await new Promise<void>((resolve, reject) => {
      plugin.server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
    });
    return plugin;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.forceShutdown();
  }
}

function masked(keyId: string, bytes: Uint8Array): Buffer {
  const mask = createHash('sha256').update(keyId).digest();
  return Buffer.from(bytes).map((byte, i) => byte ^ mask[i % mask.length]!) as Buffer;
}
