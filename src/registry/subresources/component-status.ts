import type { KubeObject } from '../../../api/meta/object.ts';

/** Says how a part of the control plane is. */
export interface ComponentProbe {
  readonly name: string;
  check(): Promise<{ readonly healthy: boolean; readonly message: string }>;
}

/** The ComponentStatus of a part, asked now. */
export async function componentStatus(probe: ComponentProbe): Promise<KubeObject> {
  const { healthy, message } = await probe.check();
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name: probe.name },
    conditions: [{ type: 'Healthy', status: healthy ? 'True' : 'False', message }],
  };
}
