import { z } from 'zod';
import { doneSchema } from './done.js';
import { clipFailureSchema } from './failure.js';
import { orderSchema } from './order.js';

/** How a process of the pool draws. */
const settingsSchema = z.object({
  kind: z.literal('settings'),
  /** The batch's folder. */
  out: z.string(),
  bundle: z.string().optional(),
  verify: z.boolean(),
  device: z.string().optional(),
  threads: z.number(),
});
export type PoolSettings = z.output<typeof settingsSchema>;

/** From the batch to a process. */
export const poolRequestSchema = z.discriminatedUnion('kind', [
  settingsSchema,
  z.object({ kind: z.literal('draw'), order: orderSchema }),
  z.object({ kind: z.literal('cancel') }),
]);
export type PoolRequest = z.input<typeof poolRequestSchema>;

/** From a process to the batch. */
export const poolReplySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('frames'), count: z.number() }),
  z.object({ kind: z.literal('done'), done: doneSchema }),
  z.object({ kind: z.literal('failed'), failure: clipFailureSchema }),
]);
export type PoolReply = z.input<typeof poolReplySchema>;
