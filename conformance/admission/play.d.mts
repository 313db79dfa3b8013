export const enabled: readonly string[];
export function play(server: string, token: string, alice: string): Promise<Record<string, unknown>>;
