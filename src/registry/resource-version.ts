import { goQuote } from '../../api/meta/go-quote.ts';

/** A resourceVersion as a number; 0 for none. @throws a message in Go's words for what is no unsigned number */
export function parseResourceVersion(text: string): number {
  if (text === '' || text === '0') return 0;
  if (!/^\d+$/.test(text)) throw new ResourceVersionSyntaxError(text, 'invalid syntax');
  const value = Number(text);
  if (BigInt(text) > 18446744073709551615n) throw new ResourceVersionSyntaxError(text, 'value out of range');
  return value;
}

/** As `parseResourceVersion`. @param refusal what is answered to what is no version: that depends on the verb */
export function revisionOr(text: string, refusal: (error: ResourceVersionSyntaxError) => Error): number {
  try {
    return parseResourceVersion(text);
  } catch (error) {
    throw error instanceof ResourceVersionSyntaxError ? refusal(error) : error;
  }
}

/** What was given as a resourceVersion is no unsigned number. Which code it becomes depends on the verb. */
export class ResourceVersionSyntaxError extends Error {
  /** The bare words of the parser. */
  readonly parserMessage: string;
  constructor(text: string, problem: string) {
    const parserMessage = `strconv.ParseUint: parsing ${goQuote(text)}: ${problem}`;
    super(`resourceVersion: Invalid value: ${goQuote(text)}: ${parserMessage}`);
    this.parserMessage = parserMessage;
  }
}
