export interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

/** Whether a toleration covers a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? 'Equal') {
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '') && Boolean(toleration.key);
    case 'Exists':
      return true;
    default:
      return false;
  }
}

/** How many milliseconds a pod may stay on a node with these NoExecute taints. The first toleration that covers a taint counts. */
export function toleratedFor(taints: readonly Taint[], tolerations: readonly Toleration[]): number | 'forever' | 'not at all' {
  let least: number | 'forever' = 'forever';
  for (const taint of taints) {
    const toleration = tolerations.find((candidate) => tolerates(candidate, taint));
    if (!toleration) return 'not at all';
    const { tolerationSeconds } = toleration;
    if (tolerationSeconds === undefined || tolerationSeconds === null) continue;
    const time = Math.max(0, Number(tolerationSeconds)) * 1000;
    if (least === 'forever' || time < least) least = time;
  }
  return least;
}
