import { createHash } from 'node:crypto';

/**
 * The queues of a flow: `handSize` different ones out of `queues`, the same for the same flow. Two flows have all queues in common only by a rare
 * chance, so one that fills its own leaves others some.
 * @param flow what names the flow, such as schema and user
 */
export function dealHand(flow: string, queues: number, handSize: number): number[] {
  let entropy = createHash('sha256').update(flow).digest().readBigUInt64LE();
  const deck = Array.from({ length: queues }, (_, index) => index);
  const hand: number[] = [];
  while (hand.length < handSize && deck.length > 0) {
    const left = BigInt(deck.length);
    hand.push(...deck.splice(Number(entropy % left), 1));
    entropy /= left;
  }
  return hand;
}
