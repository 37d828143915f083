import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const rows = z.array(z.array(z.number())).nullable();
const seen = z.object({ body: rows, face: rows, leftHand: rows, rightHand: rows });
export type Seen = z.infer<typeof seen>;

/** What Python's MediaPipe sees in `pictures/` (see make_holistic_landmarks.py). */
export const oracle = z
  .object({
    pictures: z.record(z.string(), seen.extend({ mask: z.array(z.array(z.number())) })),
    clip: z.object({
      picture: z.string(),
      side: z.number(),
      right: z.number(),
      down: z.number(),
      seen: z.array(seen),
    }),
  })
  .parse(JSON.parse(await readFile(here('holistic.json'), 'utf8')));
