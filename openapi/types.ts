/** TypeScript types of every built-in kind as plain JSON data: generated, see `scripts/generate.ts`. */
export type * from './generated/types.ts';
