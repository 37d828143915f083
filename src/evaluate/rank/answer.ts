import { z } from 'zod';

/** What people are asked to rank by (paper, user study). */
export const CRITERIA = ['pose', 'quality'] as const;
export type Criterion = (typeof CRITERIA)[number];

const rank = z.number().int().min(1);

/** What one person said of one pose: ranks in the order in which the contestants were shown, 1 = best. */
export const answerSchema = z.strictObject({
  trial: z.number().int().min(0),
  item: z.string(),
  frame: z.number().int(),
  shown: z.array(z.string()),
  pose: z.array(rank),
  quality: z.array(rank),
});
export type Answer = z.infer<typeof answerSchema>;

/** Whether ranks are 1 to `count`, each once. */
export function areRanks(ranks: readonly number[], count: number): boolean {
  return ranks.length === count && [...ranks].sort((a, b) => a - b).every((value, at) => value === at + 1);
}
