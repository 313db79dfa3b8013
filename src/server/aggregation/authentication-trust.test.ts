import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { loadClusterKeys } from '../../auth/pki.ts';
import { systemClock } from '../../machinery/clock.ts';
import { systemRandom } from '../../machinery/random.ts';
import { trustData } from './authentication-trust.ts';

test('what other servers have written stays; authorities that have ended go', async () => {
  const load = () => loadClusterKeys({ serverNames: [], clock: systemClock, random: systemRandom });
  const [own, other] = [await load(), await load()];
  const requestHeader = {
    authority: own.frontProxy.authority.certificate,
    allowedNames: ['front-proxy-client'],
    usernameHeaders: ['X-Remote-User'],
    uidHeaders: [],
    groupHeaders: ['X-Remote-Group'],
    extraHeaderPrefixes: ['X-Remote-Extra-'],
  };
  const trust = { clientAuthority: own.authority.certificate, requestHeader };
  const present = {
    'client-ca-file': `# ours\n${other.authority.certificate}${own.authority.certificate}`,
    'requestheader-username-headers': '["X-User","X-Remote-User"]',
    stray: 'goes',
  };
  const data = {
    'client-ca-file': other.authority.certificate + own.authority.certificate,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': own.frontProxy.authority.certificate,
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-username-headers': '["X-User","X-Remote-User"]',
  };
  const now = systemClock.now();
  deepEqual(trustData(present, trust, now), data);
  deepEqual(trustData(data, trust, now), data, 'nothing changes the second time');
  for (const unreadable of [
    { 'client-ca-file': 'text' },
    { 'requestheader-group-headers': '"x"' },
    { 'requestheader-allowed-names': '[1]' },
  ]) {
    throws(() => trustData({ ...data, ...unreadable }, trust, now), 'what cannot be read stays');
  }
  deepEqual(trustData({}, { ...trust, requestHeader: undefined }, now), { 'client-ca-file': own.authority.certificate });
  deepEqual(trustData({}, trust, now + 11 * 366 * 24 * 3600 * 1000), {}, 'ten years are over');
  throws(() => trustData({ 'requestheader-allowed-names': 'no list' }, trust, now), SyntaxError);
});
