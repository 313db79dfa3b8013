import https from 'node:https';
import { text } from 'node:stream/consumers';
import { trustsAsGo } from '../../machinery/trust.ts';

const longestWait = 30_000;

/** Gets a JSON document. @param authority PEM; absent: the authorities that Node trusts @throws Error */
export async function getJson(url: string, authority: string | undefined): Promise<any> {
  const response = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = https.get(
      url,
      { ...trustsAsGo, ...(authority ? { ca: authority } : {}), timeout: longestWait, agent: false },
      (message) => {
        text(message).then((body) => resolve({ status: message.statusCode!, body }), reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer from ${url}`)));
    request.on('error', reject);
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${response.body}`);
  return JSON.parse(response.body);
}
