// An endpoint that streams MP4 while it is drawn: GET /spell/ANA. The models are loaded once; one video is drawn at a time.
//   npx tsx examples/serve.ts 8080
import { PassThrough } from 'node:stream';
import { serve } from '@hono/node-server';
import { openEngine, render, spell } from 'handfirst';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';

const app = new Hono();
const engine = await openEngine({});
let busy = false;

app.get('/spell/:name{[A-Za-z]{1,20}}', (context) => {
  if (busy) return context.text('One video at a time, please.', 503, { 'Retry-After': '30' });
  busy = true;
  const options = {
    input: spell(context.req.param('name'), { speed: 2 }),
    source: { range: { from: 0, to: Number(context.req.query('frames') ?? 250) } },
    method: { preset: 'fast' },
  };
  context.header('Content-Type', 'video/mp4');
  return stream(context, async (body) => {
    const stop = new AbortController();
    // Who closes the page ends the drawing.
    body.onAbort(() => stop.abort());
    const video = new PassThrough();
    const drawn = render({ ...options, output: { path: '-', stream: video }, signal: stop.signal }, engine);
    drawn.then(
      () => video.end(),
      (error: unknown) => video.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    try {
      // A slow browser holds the drawing back.
      for await (const chunk of video) await body.write(chunk);
    } finally {
      busy = false;
    }
  });
});

serve({ fetch: app.fetch, port: Number(process.argv[2] ?? 8080), hostname: '127.0.0.1' }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}/spell/ANA`),
);
