import type { CreateAction } from './action.ts';
import { binding } from './binding.ts';
import { eviction } from './eviction.ts';
import {
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  tokenReview,
} from './reviews.ts';
import { token } from './token.ts';

/** The code behind the `action` of definitions and subresources that are created. To add one, write its file and add its line. */
export const createActions: Readonly<Record<string, CreateAction>> = {
  binding,
  eviction,
  token,
  subjectaccessreview: subjectAccessReview,
  localsubjectaccessreview: localSubjectAccessReview,
  selfsubjectaccessreview: selfSubjectAccessReview,
  selfsubjectrulesreview: selfSubjectRulesReview,
  selfsubjectreview: selfSubjectReview,
  tokenreview: tokenReview,
};
