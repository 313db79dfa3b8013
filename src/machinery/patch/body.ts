import { BodyError, type ParsedBody, parseJson } from '../schema/parse.ts';
import { badPatch } from './error.ts';

/** Parses the body of a JSON patch. @throws PatchError 400 */
export function parsePatchJson(text: string | Buffer): ParsedBody {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof BodyError) throw badPatch(`error decoding patch: ${error.message}`);
    throw error;
  }
}
