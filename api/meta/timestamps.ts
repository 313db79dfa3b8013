const form = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

// Days since 1970-01-01 of a date of the Gregorian calendar; years are counted from March, so that the leap day comes last.
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** Milliseconds since the epoch (with fractions) of an RFC 3339 time; NaN if it is none. */
export function parseTime(text: string): number {
  const match = form.exec(text);
  if (!match) return Number.NaN;
  const [, year, month, day, hours, minutes, seconds, fraction, sign, offsetHours, offsetMinutes] = match;
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes)) : 0;
  const whole = ((days * 24 + Number(hours)) * 60 + Number(minutes) - offset) * 60 + Number(seconds);
  return whole * 1000 + (fraction ? Number(`0.${fraction}`) * 1000 : 0);
}
