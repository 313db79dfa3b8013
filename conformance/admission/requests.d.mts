export const certificateRequest: string;
