// A translation model answers frame by frame, and each answer is drawn as it comes. Here the model is a stand-in that spells.
//   npx tsx examples/live.ts 3
import { clipOf, generate, spell } from 'handfirst';

const most = Number(process.argv[2] ?? 10);

/** Stands for a model: asked for a frame only when there is room for one. */
async function* answers() {
  for await (const { keypoints, depth } of spell('LIVE').frames()) {
    console.log('asked');
    yield { keypoints, depth };
  }
}

const input = clipOf(answers(), { fps: 25, width: 512, height: 512 });
for await (const { index, time, picture } of generate({ input, method: { preset: 'fast' } })) {
  console.log(`frame ${index} at ${time.toFixed(2)} s: ${picture.width}x${picture.height}`);
  // Leaving the loop stops the model, the drawing and the threads.
  if (index + 1 >= most) break;
}
