/** Programs with which people look at answers get them indented. */
const readers = ['curl', 'Wget', 'Mozilla/5.0'];

/** Whether JSON is to be indented: by the `pretty` parameter, else by who asks. */
export function wantsPretty(query: URLSearchParams, userAgent: string | undefined): boolean {
  const asked = query.get('pretty');
  if (asked) return asked === '1' || /^(t|true)$/i.test(asked);
  return userAgent !== undefined && readers.some((reader) => userAgent.startsWith(reader));
}
