import { explanationOf } from './explained.ts';
import type { Found } from './report.ts';

/**
 * Compares the answers to all questions, `jobs` at a time.
 * @param explained counts the differences that are known, by their reason
 * @returns those that are not
 */
export async function compareAll<T>(
  questions: readonly T[],
  jobs: number,
  compare: (question: T) => Promise<Found>,
  explained = new Map<string, number>(),
): Promise<Found[]> {
  const found: Found[] = [];
  let next = 0;
  const work = async () => {
    while (next < questions.length) {
      const compared = await compare(questions[next++]!);
      if (compared.differences.length === 0) continue;
      const reason = explanationOf(compared);
      if (reason === undefined) found.push(compared);
      else explained.set(reason, (explained.get(reason) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return found;
}
