import { BodyError, jsonDuplicates, type ParsedBody, parseJson } from '../schema/parse.ts';
import { badPatch } from './error.ts';
import { goKind } from './go-format.ts';

export interface PatchBody {
  readonly value: Readonly<Record<string, unknown>>;
  /** `duplicate field "data.m"`, in order. */
  readonly strictErrors: readonly string[];
}

/** Parses the body of a merge or strategic merge patch. @throws PatchError 400 if it is no JSON object */
export function parsePatchBody(text: string | Buffer): PatchBody {
  const body = parsePatchJson(text);
  const value = body.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw badPatch(`error decoding patch: json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`);
  }
  return { value: value as PatchBody['value'], strictErrors: jsonDuplicates(body) };
}

/** @throws PatchError 400 */
export function parsePatchJson(text: string | Buffer): ParsedBody {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof BodyError) throw badPatch(`error decoding patch: ${error.message}`);
    throw error;
  }
}
