import { isJsonObject } from '../json-object.ts';

/** A number that a double does not tell enough of, as it was written. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** JSON of data in which numbers may be `WrittenNumber`s. */
export function writtenJson(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(writtenJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, inside]) => inside !== undefined);
  return `{${members.map(([key, inside]) => `${JSON.stringify(key)}:${writtenJson(inside)}`).join(',')}}`;
}
