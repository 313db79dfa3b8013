import { goQuote } from '../../meta/go-quote.ts';
export const approvalAnnotation = 'api-approved.kubernetes.io';

const head = `protected groups must have approval annotation "${approvalAnnotation}"`;
const see = ', see https://github.com/kubernetes/enhancements/pull/1111';

export interface Approval {
  readonly approval: 'missing' | 'bypassed' | 'approved' | 'invalid';
  /** As conditions and errors tell it. */
  readonly words: string;
}

/** Kubernetes' own groups are for reviewed APIs: https://github.com/kubernetes/enhancements/pull/1111 */
export function isProtectedGroup(group: string): boolean {
  return /(^|\.)(k8s|kubernetes)\.io$/.test(group);
}

/** What the annotation's value says. */
export function approvalOf(text: string): Approval {
  if (text === '') return { approval: 'missing', words: `${head}${see}` };
  if (text.startsWith('unapproved')) return { approval: 'bypassed', words: `not approved: ${goQuote(text)}` };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\s]+/.test(text)) return { approval: 'approved', words: `approved in ${text}` };
  return { approval: 'invalid', words: `${head} with either a URL or a reason starting with "unapproved"${see}` };
}
