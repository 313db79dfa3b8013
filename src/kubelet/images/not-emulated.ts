/** A program does what no emulator here knows: its container goes on as a stand-in. */
export class NotEmulated extends Error {
  constructor(what: string) {
    super(`not emulated: ${what}`);
  }
}
