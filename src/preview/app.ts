import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { HandfirstError } from '../errors.js';
import { guard } from '../serve/guard.js';
import { download, jsonOf, sentIn, webp } from './answers.js';
import type { PageFile } from './page-files.js';
import { lexiconRequest, phraseRequest } from './phrase-protocol.js';
import { clipRequest, lookRequest } from './protocol.js';
import { addRuns } from './run-routes.js';
import { failureOf } from './sentence.js';
import type { Studio } from './studio.js';
import { TooLargeError } from './workspace.js';

export interface AppOptions {
  readonly studio: Studio;
  /** What the page is made of, by path. */
  readonly page: ReadonlyMap<string, PageFile>;
  /** Where the server listens; known only once it does. */
  readonly port: () => number;
  /** Aborted when the server stops: open streams end then. */
  readonly signal: AbortSignal;
}

/** A line that keeps an idle stream of events from being cut, every so many milliseconds. */
const HEARTBEAT_MS = 15_000;
/** After how many milliseconds a page that lost its stream asks for another. */
const RETRY_MS = 1000;
/** Longest body with a lexicon's names and index, letters. */
const LEXICON_LENGTH = 16 * 1024 * 1024;

const frames = z.object({
  from: z.coerce.number().int().min(0),
  to: z.coerce.number().int().min(0),
});

/** The routes of the preview. Failures are `{ error: sentence, code }`, the code of docs/errors.md. */
export function previewApp(options: AppOptions): Hono {
  const app = new Hono();
  app.use(guard(options.port));
  app.onError((error, context) => {
    const status = error instanceof TooLargeError ? 413 : isUsers(error) ? 422 : 500;
    // What is left of a refused upload is not read: the connection cannot be used again.
    if (status === 413) context.header('Connection', 'close');
    const { sentence, ...rest } = failureOf(error, (said) => options.studio.workspace.inWords(said));
    return context.json({ error: sentence, ...rest }, status);
  });
  app.notFound((context) => context.json({ error: 'There is nothing at this address.' }, 404));
  addPage(app, options.page);
  addState(app, options);
  addFiles(app, options.studio);
  addPhrases(app, options.studio);
  addClips(app, options.studio);
  addLooks(app, options.studio);
  addRuns(app, options.studio);
  return app;
}

function isUsers(error: unknown): boolean {
  return error instanceof HandfirstError || error instanceof z.ZodError;
}

function addPage(app: Hono, page: AppOptions['page']): void {
  for (const [path, { type, bytes }] of page) {
    app.get(path, (context) =>
      context.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': 'no-cache' }),
    );
  }
}

function addState(app: Hono, { studio, signal }: AppOptions): void {
  app.get('/api/about', (context) => context.json(studio.about()));
  app.get('/api/state', (context) => context.json(studio.state()));
  app.get('/api/events', (context) =>
    streamSSE(context, async (stream) => {
      const send = () =>
        stream.writeSSE({ event: 'state', data: JSON.stringify(studio.state()), retry: RETRY_MS });
      await send();
      await new Promise<void>((resolve) => {
        const stopListening = studio.feed.listen(() => void send().catch(() => undefined));
        const beat = setInterval(() => void stream.write(': here\n\n').catch(() => undefined), HEARTBEAT_MS);
        const end = (): void => {
          stopListening();
          clearInterval(beat);
          signal.removeEventListener('abort', end);
          resolve();
        };
        stream.onAbort(end);
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) end();
      });
    }),
  );
}

function addFiles(app: Hono, studio: Studio): void {
  const { keypointBytes, pictureBytes } = studio.limits;
  app.post('/api/files', (context) => receive(context, studio, 'keypoints', keypointBytes));
  app.post('/api/recordings', async (context) => {
    const sent = sentIn(context, keypointBytes);
    const video = await studio.workspace.receive(context.req.query('name') ?? 'recording.webm', sent);
    return context.json(studio.recordings.add(video));
  });
  app.post('/api/pictures', (context) => receive(context, studio, 'picture', pictureBytes));
  app.get('/api/files/:id', (context) => {
    const { path, name } = studio.workspace.madeFile(context.req.param('id'));
    return download(path, name, 'application/octet-stream');
  });
}

function addPhrases(app: Hono, { lexicons, phrases, limits }: Studio): void {
  app.post('/api/phrases', async (context) =>
    context.json(await phrases.make(phraseRequest.parse(await jsonOf(context)))),
  );
  app.get('/api/lexicons', (context) => context.json(lexicons.states));
  app.post('/api/lexicons', async (context) =>
    context.json(lexicons.add(lexiconRequest.parse(await jsonOf(context, LEXICON_LENGTH)))),
  );
  app.post('/api/lexicons/:id/signs', async (context) => {
    const sent = sentIn(context, limits.keypointBytes);
    await lexicons.receive(context.req.param('id'), context.req.query('name') ?? '', sent);
    return context.json({});
  });
}

async function receive(context: Context, studio: Studio, what: string, limit: number): Promise<Response> {
  const file = await studio.workspace.receive(context.req.query('name') ?? what, sentIn(context, limit));
  return context.json({ file: file.id, name: file.name });
}

function addClips(app: Hono, studio: Studio): void {
  app.post('/api/clips', async (context) =>
    context.json(await studio.openClip(clipRequest.parse(await jsonOf(context)))),
  );
  app.get('/api/clips/:id/frames', async (context) => {
    const { from, to } = frames.parse(context.req.query());
    const bytes = await studio.clips.get(context.req.param('id')).track.read(from, to);
    return context.body(new Uint8Array(bytes), 200, { 'Content-Type': 'application/octet-stream' });
  });
  app.get('/api/clips/:id/parts', (context) => {
    const { track } = studio.clips.get(context.req.param('id'));
    const stream = Readable.toWeb(Readable.from(track.presence(0), { objectMode: false }));
    return new Response(stream, { headers: { 'Content-Type': 'application/octet-stream' } });
  });
}

function addLooks(app: Hono, { looks }: Studio): void {
  app.post('/api/looks', async (context) =>
    context.json(await looks.of(lookRequest.parse(await jsonOf(context)))),
  );
  app.get('/api/looks/:id', (context) => webp(context, looks.picture(context.req.param('id'))));
  app.get('/api/signers/:name', async (context) =>
    webp(context, await looks.signer(context.req.param('name'))),
  );
  app.get('/api/pictures/:id', async (context) =>
    webp(context, await looks.thumbnail(context.req.param('id'))),
  );
}
