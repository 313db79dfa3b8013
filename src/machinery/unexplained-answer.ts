import { goQuote } from '../../api/meta/go-quote.ts';

const messages: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  406: 'the server was unable to respond with a content type that the client supports',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** What client-go says of a failure whose answer is no Status. @param told its text, or `unknown` where the answer is no text */
export function unexplainedAnswer(status: number, told: string): string {
  // Their own words tell the most.
  if (status === 403 || status === 415 || (status === 406 && told !== 'unknown' && told !== '')) return told;
  const known = messages[status];
  if (known) return known;
  if (status >= 500) return `an error on the server (${goQuote(told)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

/** The text of such an answer, as client-go takes it from its type. */
export function toldBy(contentType: string, text: string): string {
  return contentType === '' || contentType.startsWith('text/') ? text.trim() : 'unknown';
}
