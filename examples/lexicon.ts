// Every sign of a lexicon as a video of its own. The models are loaded once; signs that are there already are left out.
//   npx tsx examples/lexicon.ts samples videos 2
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HandfirstError, openEngine, render } from 'handfirst';

const [folder = 'samples', out = 'videos', frames] = process.argv.slice(2);
await mkdir(out, { recursive: true });
const engine = await openEngine({ method: { bundle: 'compact' } });
const failed: string[] = [];
try {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.pose')).sort()) {
    const path = join(out, `${basename(name, '.pose')}.mp4`);
    if (existsSync(path)) continue;
    const source = { range: { from: 0, to: frames ? Number(frames) : undefined } };
    try {
      await render(
        { input: join(folder, name), source, method: { preset: 'fast' }, output: { path } },
        engine,
      );
      console.log(path);
    } catch (error) {
      // One sign that cannot be read does not stop the others.
      if (!(error instanceof HandfirstError) || error.code === 'HF_CANCELLED') throw error;
      failed.push(`${name}: ${error.message}`);
    }
  }
} finally {
  await engine.close();
}
if (failed.length > 0) console.error(failed.join('\n'));
