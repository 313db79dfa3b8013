import type { KubeObject } from '../../../api/meta/object.ts';
import { type Clock, formatTime } from '../../machinery/clock.ts';

/** Says since when the API server notes on secrets when their tokens were used (KEP-2799). */
export function legacyTokenTracking(clock: Clock): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
    data: { since: formatTime(clock.now()).slice(0, '2026-01-01'.length) },
  };
}
