import type { Client } from '../client/client.ts';
import { formatTime, parseTime } from '../machinery/clock.ts';
import type { RuntimeContext } from '../runtime/context.ts';
import { type KeptConfigMap, keepConfigMap, systemNamespace } from './kept-config-map.ts';

const name = 'kube-apiserver-legacy-service-account-token-tracking';
/** So often it is made at most: servers that do not track tokens take it away. */
const creationMs = 30 * 60_000;

function isDate(text: string | undefined): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text ?? '')) return false;
  const time = parseTime(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && formatTime(time).startsWith(text!);
}

/** Keeps the ConfigMap that says since when the API server notes on secrets when their tokens were used (KEP-2799): what is no date becomes today. */
export function keepLegacyTokenTracking(client: Client, context: RuntimeContext): AsyncDisposable {
  const { clock } = context;
  let made = Number.NEGATIVE_INFINITY;
  const look: KeptConfigMap['look'] = async (present, api) => {
    const today = { since: formatTime(clock.now()).slice(0, '2026-01-01'.length) };
    if (!present) {
      const wait = made + creationMs - clock.now();
      if (wait > 0) return wait;
      await api.create(systemNamespace, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { namespace: systemNamespace, name },
        data: today,
      });
      made = clock.now();
    } else if (!isDate(present.data?.['since'])) {
      await api.update(systemNamespace, { ...present, data: { ...present.data, ...today } });
    }
    return undefined;
  };
  return keepConfigMap({ name, controller: 'legacy_token_tracking_controller', look }, client, context);
}
