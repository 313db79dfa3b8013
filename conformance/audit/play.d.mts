export function play(server: string): Promise<void>;
export function normalized(log: string): Record<string, string[]>;
