import { readFile } from 'node:fs/promises';
import { type Context, Hono } from 'hono';
import sharp from 'sharp';
import { HandfirstError } from '../../errors.js';
import { guard } from '../../serve/guard.js';
import { CRITERIA, type Criterion } from './answer.js';
import type { Answers } from './answers.js';
import { rankTable } from './mean-ranks.js';
import { donePage, questionPage } from './page.js';
import { SCRIPT, STYLE } from './page-style.js';
import type { Study } from './study.js';

export interface RankAppOptions {
  readonly study: Study;
  readonly answers: Answers;
  /** File of the answers, as it is shown to people. */
  readonly path: string;
  /** Where the server listens; known only once it does. */
  readonly port: () => number;
}

type Ranks = Record<Criterion, number[]>;

/** What the page may do: forms of its own. A form is sent without an origin where no referrer is let through, so its own is. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

/** The pages of a study. What is sent to the browser never tells whose a picture is. */
export function rankApp({ study, answers, path, port }: RankAppOptions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    if (context.res.status === 403) return;
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  app.use(guard(port));
  app.notFound((context) => context.text('There is nothing at this address.', 404));
  app.get('/page.css', (context) => context.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/page.js', (context) =>
    context.body(SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  const go = (context: Context, trial: number): Response =>
    context.redirect(trial < study.trials.length ? `/trials/${trial}` : '/done', 303);
  app.get('/', (context) => go(context, answers.next));
  app.get('/done', (context) =>
    answers.next < study.trials.length
      ? go(context, answers.next)
      : context.html(donePage(rankTable(answers.all, study.contestants), path)),
  );
  const ask = (
    context: Context,
    trial: number,
    given?: Ranks,
    problem?: string,
  ): Response | Promise<Response> => {
    const asked = study.trials[trial];
    if (!asked) return context.notFound();
    const question = { trial, trials: study.trials.length, pictures: asked.shown.length };
    return context.html(
      questionPage({ ...question, given: given ?? answers.get(trial), problem }),
      problem === undefined ? 200 : 422,
    );
  };
  app.get('/trials/:trial{[0-9]+}', (context) => ask(context, Number(context.req.param('trial'))));
  app.post('/trials/:trial{[0-9]+}', async (context) => {
    const trial = Number(context.req.param('trial'));
    const ranks = ranksOf(await context.req.formData(), study.trials[trial]?.shown.length ?? 0);
    try {
      await answers.give(trial, ranks);
    } catch (error) {
      if (!(error instanceof HandfirstError)) throw error;
      return ask(context, trial, ranks, error.message);
    }
    return go(context, trial + 1);
  });
  addPictures(app, study);
  return app;
}

/** Ranks by picture; what was not chosen is no number. */
function ranksOf(form: FormData, count: number): Ranks {
  const of = (by: Criterion): number[] =>
    Array.from({ length: count }, (_, at) => Number(form.get(`${by}-${at}`) ?? Number.NaN));
  const [pose, quality] = CRITERIA.map(of);
  return { pose: pose ?? [], quality: quality ?? [] };
}

function addPictures(app: Hono, { trials }: Study): void {
  const send = async (context: Context, path: string | undefined): Promise<Response> => {
    if (path === undefined) return context.notFound();
    // Drawn anew, so that neither names nor notes within a file tell who made it.
    const bytes = await sharp(await readFile(path))
      .png({ compressionLevel: 3 })
      .toBuffer();
    return context.body(new Uint8Array(bytes), 200, { 'Content-Type': 'image/png' });
  };
  app.get('/trials/:trial{[0-9]+}/pose', (context) =>
    send(context, trials[Number(context.req.param('trial'))]?.pose),
  );
  app.get('/trials/:trial{[0-9]+}/pictures/:k{[0-9]+}', (context) => {
    const { trial, k } = context.req.param();
    return send(context, trials[Number(trial)]?.shown[Number(k)]?.picture);
  });
}
