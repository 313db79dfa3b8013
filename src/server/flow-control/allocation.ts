/** What one priority level may and would have of the seats. 0 ≤ least ≤ target, least ≤ most. */
export interface Claim {
  readonly least: number;
  readonly most: number;
  readonly target: number;
}

export interface Allocation {
  /** Seats for each claim, in their order; not whole numbers. */
  readonly seats: readonly number[];
  /** What each has of its target, where neither bound stands against it. */
  readonly fairShare: number;
}

/** A level that wants nothing still has a part of what is left over. */
const leastTarget = 0.001;

/**
 * Divides seats so that all have the same part of their targets, except for those whose bounds stand against it (KEP-1040, "Seat Borrowing").
 * @returns undefined if the bounds do not allow it
 */
export function allocateSeats(total: number, claims: readonly Claim[]): Allocation | undefined {
  const targets = claims.map(({ target }) => Math.max(target, leastTarget));
  const seatsAt = (share: number) => claims.map(({ least, most }, i) => Math.max(least, Math.min(most, share * targets[i]!)));
  const sumAt = (share: number) => seatsAt(share).reduce((sum, seats) => sum + seats, 0);
  // The sum rises with the share, on straight lines between the shares at which a claim meets one of its bounds.
  const corners = claims.flatMap(({ least, most }, i) => [least / targets[i]!, most / targets[i]!]).sort((a, b) => a - b);
  if (corners.length === 0 || total < sumAt(corners[0]!) || total > sumAt(corners.at(-1)!)) return undefined;
  const next = corners.findIndex((corner) => sumAt(corner) >= total);
  const to = corners[next]!;
  const from = next > 0 ? corners[next - 1]! : to;
  const [low, high] = [sumAt(from), sumAt(to)];
  const fairShare = high > low ? from + ((total - low) / (high - low)) * (to - from) : to;
  return { seats: seatsAt(fairShare), fairShare };
}
