// Draws a clip with one thread, keeps no frame, and prints what a frame takes once everything is warm: by the clock, and of CPU time.
// Arguments: the package's dist/index.js, the clip, the preset, the bundle, frames a second and size of the clip.
const [, , entry, input, preset, bundle, fps, size, warm, all] = process.argv;
const { generate } = await import(entry);
const side = Number(size);
const source = { fps: Number(fps), size: { width: side, height: side } };
let drawn = 0;
let begun = 0;
let before;
for await (const _ of generate({
  input,
  source,
  method: { preset, bundle },
  runtime: { device: 'cpu', threads: 1 },
})) {
  drawn += 1;
  if (drawn === Number(warm)) {
    begun = performance.now();
    before = process.cpuUsage();
  }
  if (drawn === Number(all)) break;
}
const { user, system } = process.cpuUsage(before);
const frames = drawn - Number(warm);
const frame = { ms: (performance.now() - begun) / frames, cpuMs: (user + system) / 1000 / frames };
process.stdout.write(`${JSON.stringify(frame)}\n`);
