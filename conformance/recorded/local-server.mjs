/** Lets a server of a case listen on a free port until the process ends. @returns {{ port(): number, clean(text: string): string }} where, and texts without it */
export function listenLocally(server) {
  server.listen(0, '127.0.0.1');
  server.unref();
  const port = () => server.address().port;
  return { port, clean: (text) => text.replaceAll(String(port()), '<port>') };
}
