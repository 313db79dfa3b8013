// An HTTPS server that plays the webhooks of a case: one handler a path, which gets the request of the AdmissionReview (or ConversionReview), the whole and its text, and returns the `response`
// without its uid; or `{ status, body, type }` for an answer that is none; a function of the ServerResponse; undefined for no answer at all, or a promise of one.
import { createServer } from 'node:https';
import { listenLocally } from './local-server.mjs';

/** In base64, as `caBundle` wants it. The key is for this server of the tests alone. */
export const authority = Buffer.from(`-----BEGIN CERTIFICATE-----
MIIBqTCCAU+gAwIBAgIUCQCv8xMqAse4WiSsEOftuUzLhtswCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWd2ViaG9vayB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjUyMjUy
MzNaGA8yMTI2MTEwMTIyNTIzM1owITEfMB0GA1UEAwwWd2ViaG9vayB0ZXN0IGF1
dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPvZQxDEiRuiWlAHPD9e
YxYCRKmpwcJsu/1tufNYu57+u7NwESo3+fZJ1Wjeoe+1B4eaYy29eN8p5CzfjQM2
haOjYzBhMB0GA1UdDgQWBBT6XR/ciBZUxX7U2ZbDCH571dotHTAfBgNVHSMEGDAW
gBT6XR/ciBZUxX7U2ZbDCH571dotHTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB
/wQEAwIChDAKBggqhkjOPQQDAgNIADBFAiAjcp8sV7V4wtQGq8UA+2KSlizxI/Sf
T4LqST2WrenG0wIhAMwVP4QMUTUh0tG+9BrT23TrcrofsYMtxCcDsoF10C+4
-----END CERTIFICATE-----
`).toString('base64');
const cert = `-----BEGIN CERTIFICATE-----
MIIBuzCCAWGgAwIBAgIBBzAKBggqhkjOPQQDAjAhMR8wHQYDVQQDDBZ3ZWJob29r
IHRlc3QgYXV0aG9yaXR5MCAXDTI2MTEyNTIyNTIzM1oYDzIxMjYxMTAxMjI1MjMz
WjASMRAwDgYDVQQDDAd3ZWJob29rMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
DyutfTbMKpVMTyV8W/3w6PxwQNDLUXEKZB4eouwtCHOU99iOlSWGQdNeSc5fYaUz
ynOSKjHo55ZgKYeGwKBuN6OBljCBkzATBgNVHSUEDDAKBggrBgEFBQcDATA8BgNV
HREENTAzhwR/AAABgglsb2NhbGhvc3SCIGhvb2sucnAtZXh0LXdlYmhvb2tzLXNl
cnZpY2Uuc3ZjMB0GA1UdDgQWBBQcQwup6VkmeD9iRKC/dCAwEMqjHzAfBgNVHSME
GDAWgBT6XR/ciBZUxX7U2ZbDCH571dotHTAKBggqhkjOPQQDAgNIADBFAiEAxNDQ
3jwdpmkHwXdJwEr0fZw+m8LZPszUIP0h82J3Q2gCIAbLzVrP5sR71381mLABcek+
FYH6Zga9YZJSvr0pAWjN
-----END CERTIFICATE-----
`;
const key = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIDGHb61Vr5bQtmCQpvC8L/IxQH109FTunaCTntiZyDT2oAoGCCqGSM49
AwEHoUQDQgAEDyutfTbMKpVMTyV8W/3w6PxwQNDLUXEKZB4eouwtCHOU99iOlSWG
QdNeSc5fYaUzynOSKjHo55ZgKYeGwKBuNw==
-----END EC PRIVATE KEY-----
`;

/** @returns {{ seen: object[], url(path: string): string, clean(text: string): string }} what came in, addresses, and texts without the port */
export function startWebhookServer(handlers) {
  const seen = [];
  const server = createServer({ cert, key }, (request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', async () => {
      const path = request.url.split('?')[0];
      const review = JSON.parse(text || '{}'); // A redirect is followed without a body.
      seen.push({
        path: request.url,
        type: request.headers['content-type'],
        accept: request.headers.accept,
        agent: request.headers['user-agent'],
        review,
      });
      const answer = await handlers[path](review.request, review, text);
      if (answer === undefined) return;
      if (typeof answer === 'function') return answer(response);
      if (answer.body !== undefined) {
        response.writeHead(answer.status ?? 200, { 'content-type': answer.type ?? 'application/json' });
        return response.end(answer.body);
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response: { uid: review.request.uid, ...answer } }));
    });
  });
  const local = listenLocally(server);
  return { seen, ...local, url: (path) => `https://127.0.0.1:${local.port()}${path}` };
}
