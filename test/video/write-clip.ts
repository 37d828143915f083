/*
 * A process that writes a small clip, to be killed: `write-clip.ts PATH`. It says each step on a line of its own, so that
 * the test can choose its moment.
 */
import { openVideoWriter } from '../../src/video/index.js';
import { CLIP, drawClip } from './clip.js';

const path = process.argv[2] ?? '';
const writer = await openVideoWriter({ ...CLIP, path, onFailure: 'keep' });
process.stdout.write(`resumed ${writer.nextFrame}\n`);
for (let index = writer.nextFrame; index < CLIP.frames; index++) {
  await writer.write(drawClip(index));
  process.stdout.write(`frame ${index}\n`);
}
process.stdout.write('finishing\n');
await writer.finish();
