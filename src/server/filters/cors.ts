import type { Stage } from './stage.ts';

/**
 * Answers cross-origin questions for origins that match one of the patterns; off without patterns.
 * @param allowedOrigins regular expressions over the Origin header
 */
export function cors(allowedOrigins: readonly RegExp[]): Stage {
  if (allowedOrigins.length === 0) return (context, next) => next(context);
  return (context, next) => {
    const origin = context.request.headers['origin'];
    if (!origin || !allowedOrigins.some((pattern) => pattern.test(origin))) return next(context);
    Object.assign(context.headers, {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE, PATCH',
      'access-control-allow-headers':
        'Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With, If-Modified-Since',
      'access-control-expose-headers': 'Date',
      'access-control-allow-credentials': 'true',
    });
    if (context.request.method !== 'OPTIONS') return next(context);
    return { type: 'raw', status: 204, contentType: '', body: '' };
  };
}
