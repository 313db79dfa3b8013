export const mediaType: string;
/** An object of its envelope, as JSON would have it. @throws Error for bytes that no message has */
export function decodeObject(bytes: Buffer): any;
export function decodeEvents(bytes: Buffer): { type: string; object: any }[];
export function encodeObject(object: any): Buffer | undefined;
export function withoutZeros(value: any): any;
