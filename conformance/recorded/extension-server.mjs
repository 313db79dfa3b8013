// An HTTPS server that plays an extension API server of a case: one handler a path, which gets the request with its `text` and returns `{ status, body, type,
// headers }`, or answers by itself and returns undefined. It asks for the client's certificate and looks at no one's rights.
import { createServer } from 'node:https';
import { listenLocally } from './local-server.mjs';

/** In base64, as `caBundle` wants it. The key is for this server of the tests alone. */
export const authority = Buffer.from(`-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUeKhYnTH7jnCDtTKt0LW/tls/Oe0wCgYIKoZIzj0EAwIw
IzEhMB8GA1UEAwwYZXh0ZW5zaW9uIHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyNjEx
MjE0MloYDzIxMjYxMTAyMTEyMTQyWjAjMSEwHwYDVQQDDBhleHRlbnNpb24gdGVz
dCBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATsTk/8gHReSqmI
7RhbLGULlsdLwCdm0rP3qieFMvtK/eXA2nMrOdmIraEqvP69NpJKC+UsgV6AeMA6
d6Ju034io2MwYTAdBgNVHQ4EFgQU86IqlPqHHPHwp0XBZdhzstlIOaQwHwYDVR0j
BBgwFoAU86IqlPqHHPHwp0XBZdhzstlIOaQwDwYDVR0TAQH/BAUwAwEB/zAOBgNV
HQ8BAf8EBAMCAoQwCgYIKoZIzj0EAwIDSAAwRQIgQx7euKUQD/Hap1kGXJ2o+IPE
fFwkena3ynsU0jmhNfECIQCqR7ccahBI6Ztzxj/iRJIVtb1Pu7MI4Jfh73YkXmXp
MQ==
-----END CERTIFICATE-----
`).toString('base64');
const cert = `-----BEGIN CERTIFICATE-----
MIIByzCCAXKgAwIBAgIBBzAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhleHRlbnNp
b24gdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTEyMTQyWhgPMjEyNjExMDIxMTIx
NDJaMBQxEjAQBgNVBAMMCWV4dGVuc2lvbjBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABDUUIHgaPBx8r8tppmf5GLKwURnb/24nN51/LZA5LZhVXElAuweUGb15uLpV
g/EfPacOy/Pr7vvTYvkqJD+pw8qjgaMwgaAwEwYDVR0lBAwwCgYIKwYBBQUHAwEw
SQYDVR0RBEIwQIIaZXh0LnJwLWV4dC1hZ2dyZWdhdGlvbi5zdmOCEWV4dC5leHRl
bnNpb24uc3Zjgglsb2NhbGhvc3SHBH8AAAEwHQYDVR0OBBYEFGsFuOapsulKW0h3
KupPGloEvkaZMB8GA1UdIwQYMBaAFPOiKpT6hxzx8KdFwWXYc7LZSDmkMAoGCCqG
SM49BAMCA0cAMEQCIBi61IjWkifHEu7jcxdiCgRaxFoXdZS/z33tvTvpzsCNAiA0
zkHh5+IihSON7KngeKXo92M6KBvYAs4yPmK5C8I1Ug==
-----END CERTIFICATE-----
`;
const key = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIAHkclxDohFvq6mGEO5wZq8ee3/pJsmchs1FJqppZqh5oAoGCCqGSM49
AwEHoUQDQgAENRQgeBo8HHyvy2mmZ/kYsrBRGdv/bic3nX8tkDktmFVcSUC7B5QZ
vXm4ulWD8R89pw7L8+vu+9Ni+SokP6nDyg==
-----END EC PRIVATE KEY-----
`;

/**
 * @param handlers by path, without the query, or a function that finds one for a path; `upgrade` gets the requests to change the protocol: (request, socket, head)
 * @returns {{ seen: object[], port(): number, clean(text: string): string, close(): void }} the requests that came in, where it listens, and texts without the port
 */
export function startExtensionServer(handlers, { upgrade } = {}) {
  const seen = [];
  const note = (request) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, client: request.socket.getPeerCertificate().subject?.CN });
  };
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    note(request);
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const path = request.url.split('?')[0];
      const handler = typeof handlers === 'function' ? handlers(path) : handlers[path];
      const answer = handler
        ? handler(Object.assign(request, { text }), response)
        : { status: 404, body: '404 page not found\n', type: 'text/plain' };
      if (answer === undefined) return;
      const { status = 200, body, type = 'application/json', headers = {} } = answer;
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  if (upgrade)
    server.on('upgrade', (request, socket, head) => {
      note(request);
      upgrade(request, socket, head);
    });
  return {
    seen,
    ...listenLocally(server),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
