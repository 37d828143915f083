// A name is spelled and drawn into a video. Ctrl-C stops it; the same command goes on where it stopped.
//   npx tsx examples/spell-a-name.ts ANA ana.mp4
import { HandfirstError, RunEvents, render, spell } from 'handfirst';

const [name = 'ANA', path = 'name.mp4', frames] = process.argv.slice(2);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const events = new RunEvents();
events.on('note', ({ sentence }) => console.error(sentence));
events.on('progress', ({ done, total }) => console.error(`${done} of ${total} frames`));

try {
  const { bytes, fps } = await render({
    input: spell(name, { speed: 2 }),
    source: { range: { from: 0, to: frames ? Number(frames) : undefined } },
    look: { prompt: 'a woman in a blue top', seed: 3 },
    method: { preset: 'fast' },
    output: { path },
    watch: { events },
    signal: stop.signal,
  });
  console.log(`${path}: ${bytes} bytes, ${fps} frames a second`);
} catch (error) {
  // Every failure that a user can repair is one of these: a code for programs, a sentence for people.
  if (!(error instanceof HandfirstError)) throw error;
  console.error(error.code, error.field ?? '', error.message);
  process.exitCode = error.exitCode;
}
