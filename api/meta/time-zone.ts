/** Whether there is a zone of this name; names are case-sensitive, as the files of the IANA database are. */
export function isZoneName(name: string): boolean {
  // Of another name's alias, which is all that is said of it, the case is not known; all begin with capitals, and none has five of them in a row.
  if (!/^[A-Z]/.test(name) || /\/[a-z]|[A-Z]{5}/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}

/** What Go says of a name that is no zone's. */
export function zoneUnknown(name: string): string {
  return /^[/\\]|\.\./.test(name) ? 'time: invalid location name' : `unknown time zone ${name}`;
}

/**
 * How many seconds the clocks of a zone of the IANA database are ahead of UTC at a moment, in milliseconds since the epoch. A cluster's own clocks,
 * `Local`, show UTC.
 * @throws RangeError for a name that is not there
 */
export function zoneOffsets(name: string): (epoch: number) => number {
  if (name === '' || name === 'UTC' || name === 'Local') return () => 0;
  if (!isZoneName(name)) throw new RangeError(`unknown time zone ${name}`);
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    era: 'short',
  });
  return (epoch) => {
    const parts = Object.fromEntries(format.formatToParts(epoch).map(({ type, value }) => [type, value]));
    const number = (part: string) => Number(parts[part]);
    const shown = new Date(0);
    shown.setUTCFullYear(parts['era'] === 'BC' ? 1 - number('year') : number('year'), number('month') - 1, number('day'));
    shown.setUTCHours(number('hour'), number('minute'), number('second'));
    return Math.round((shown.getTime() - Math.floor(epoch / 1000) * 1000) / 1000);
  };
}
