import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';
import { loadClusterKeys } from '../../src/auth/pki.ts';
import { systemClock } from '../../src/machinery/clock.ts';
import { systemRandom } from '../../src/machinery/random.ts';

/** A small OpenID Connect issuer over TLS, with an authority of its own. */
export class OidcIssuer implements AsyncDisposable {
  readonly authority: string;
  readonly url: string;
  private readonly server: https.Server;
  private key: { id: string; privateKey: KeyObject; publicKey: KeyObject };

  private constructor(server: https.Server, authority: string, url: string) {
    this.server = server;
    this.authority = authority;
    this.url = url;
    this.key = newKey('key-1');
    server.on('request', async ({ url: path }, response) => {
      response.setHeader('content-type', 'application/json');
      if (path === '/.well-known/openid-configuration') response.end(JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/keys` }));
      else if (path === '/keys') response.end(JSON.stringify({ keys: [await this.publicJwk()] }));
      else response.writeHead(404).end('{}');
    });
  }

  static async start(port = 0): Promise<OidcIssuer> {
    const keys = await loadClusterKeys({ serverNames: ['localhost', '127.0.0.1'], clock: systemClock, random: systemRandom });
    const server = https.createServer({ cert: keys.server.certificate, key: keys.server.key });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new OidcIssuer(server, keys.authority.certificate, `https://localhost:${(server.address() as AddressInfo).port}`);
  }

  /** From now on signs with another key, under another name. */
  rotate(): void {
    this.key = newKey('key-2');
  }

  /** @param claims besides `iss`, `aud`, `exp`, which have good values unless given */
  async token(claims: Record<string, unknown>, header: Record<string, string> = {}): Promise<string> {
    const now = Math.floor(systemClock.now() / 1000);
    return new SignJWT({ iss: this.url, aud: 'orrery', iat: now, exp: now + 600, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: this.key.id, ...header })
      .sign(this.key.privateKey);
  }

  async publicJwk(): Promise<object> {
    return { ...(await exportJWK(this.key.publicKey)), kid: this.key.id, alg: 'RS256', use: 'sig' };
  }

  get publicPem(): string {
    return this.key.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function newKey(id: string): { id: string; privateKey: KeyObject; publicKey: KeyObject } {
  return { id, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}
