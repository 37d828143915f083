import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startPreview } from '../src/preview/index.js';
import type { LookRequest } from '../src/preview/protocol.js';

/*
 * How long the page's picture of the signer takes after a change: wall time, and the process' CPU time, which another load on
 * the machine does not change. `npm run build && npx tsx bench/looks.ts`
 */
const PHOTO = fileURLToPath(new URL('../models/compact/gallery/maya.webp', import.meta.url));
const page = fileURLToPath(new URL('../dist/preview/page', import.meta.url));
const preview = await startPreview({ port: 0, page });
const at = (path: string) => new URL(path, preview.address);
const headers = { Origin: new URL(preview.address).origin };

async function answered<T>(schema: z.ZodType<T>, response: Response): Promise<T> {
  if (!response.ok) throw new Error(await response.text());
  return schema.parse(await response.json());
}

const bytes = await readFile(PHOTO);
const { file } = await answered(
  z.object({ file: z.string() }),
  await fetch(at('/api/pictures?name=photo.webp'), { method: 'POST', body: bytes, headers }),
);
const PLAIN: LookRequest = { prompt: '', background: 'drawn' };
const CHANGES: readonly (readonly [what: string, request: LookRequest])[] = [
  ['first of all', PLAIN],
  ['words', { ...PLAIN, prompt: 'an old man' }],
  ['colour of clothes', { ...PLAIN, prompt: 'a woman in a green jumper' }],
  ['other colour of clothes', { ...PLAIN, prompt: 'a woman in a red jumper' }],
  ['unknown word', { ...PLAIN, prompt: 'a wizard' }],
  ['signer of the gallery', { ...PLAIN, signer: 'liam' }],
  ['wall in a colour', { ...PLAIN, background: '#1f3a5f' }],
  ['transparent', { ...PLAIN, background: 'transparent' }],
  ['picture as wall', { ...PLAIN, background: 'picture', backgroundPicture: file }],
  ['photo', { ...PLAIN, reference: file }],
  ['photo before another wall', { ...PLAIN, reference: file, background: '#808080' }],
];
const report = (line: string) => process.stdout.write(`${line}\n`);
report(`${'change'.padEnd(28)}${'ms'.padStart(8)}${'CPU ms'.padStart(8)}`);
for (const [what, request] of CHANGES) {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const { picture } = await answered(
    z.object({ picture: z.string() }),
    await fetch(at('/api/looks'), {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    }),
  );
  await (await fetch(at(`/api/looks/${picture}`))).arrayBuffer();
  const { user, system } = process.cpuUsage(cpu);
  const [wall, own] = [performance.now() - began, (user + system) / 1000];
  report(`${what.padEnd(28)}${wall.toFixed(0).padStart(8)}${own.toFixed(0).padStart(8)}`);
}
await preview.close();
