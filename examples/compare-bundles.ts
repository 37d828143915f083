// The same frames by two bundles or presets: how long each takes, how much they differ, and both beside each other.
//   npx tsx examples/compare-bundles.ts compact/default compact/fast samples/hello.pose 8 3

import { generate, type Picture } from 'handfirst';
import sharp from 'sharp';

const [a = 'compact/default', b = 'compact/fast', input = 'samples/hello.pose', from = '8', count = '3'] =
  process.argv.slice(2);

/** Draws with `bundle/preset`. */
async function draw(which: string): Promise<{ pictures: Picture[]; seconds: number }> {
  const [bundle, preset] = which.split('/');
  const source = { range: { from: Number(from), to: Number(from) + Number(count) } };
  const pictures: Picture[] = [];
  const begun = performance.now();
  for await (const { picture } of generate({ input, source, method: { bundle, preset }, look: { seed: 1 } }))
    pictures.push(picture);
  return { pictures, seconds: (performance.now() - begun) / 1000 };
}

/** Mean difference of the levels 0..255. */
function difference(one: Picture, other: Picture): number {
  return (
    one.data.reduce((sum, level, at) => sum + Math.abs(level - (other.data[at] ?? 0)), 0) / one.data.length
  );
}

const [first, second] = [await draw(a), await draw(b)];
console.log(`${a}: ${first.seconds.toFixed(1)} s; ${b}: ${second.seconds.toFixed(1)} s`);
first.pictures.forEach((picture, at) => {
  const other = second.pictures[at];
  if (other)
    console.log(
      `frame ${Number(from) + at}: levels differ by ${difference(picture, other).toFixed(2)} on average`,
    );
});

const [left, right] = [first.pictures[0], second.pictures[0]];
if (left && right) {
  const raw = ({ width, height, channels }: Picture) => ({ raw: { width, height, channels } });
  await sharp({
    create: { width: left.width + right.width, height: left.height, channels: 3, background: 'black' },
  })
    .composite([
      { input: Buffer.from(left.data), ...raw(left), left: 0, top: 0 },
      { input: Buffer.from(right.data), ...raw(right), left: left.width, top: 0 },
    ])
    .png()
    .toFile('compared.png');
  console.log('compared.png');
}
