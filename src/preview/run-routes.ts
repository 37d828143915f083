import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { attachment, download, jsonOf, picture } from './answers.js';
import { EXPORTS, type ExportFormat, inspectRequest, runRequest } from './protocol.js';
import type { Studio } from './studio.js';

const place = z.object({ frame: z.coerce.number().int().min(0), k: z.coerce.number().int().min(0) });

/** What is drawn, seen, saved and removed. */
export function addRuns(app: Hono, { runs }: Studio): void {
  app.post('/api/runs', async (context) =>
    context.json(await runs.add(runRequest.parse(await jsonOf(context)))),
  );
  app.delete('/api/runs/:id', async (context) => {
    await runs.remove(context.req.param('id'));
    return context.json({});
  });
  app.post('/api/runs/:id/cancel', (context) => {
    runs.cancel(context.req.param('id'));
    return context.json({});
  });
  app.post('/api/runs/:id/inspections', async (context) => {
    runs.inspect(context.req.param('id'), inspectRequest.parse(await jsonOf(context)).frame);
    return context.json({});
  });
  app.get('/api/runs/:id/:pass{live|full}/:frame{[0-9]+}', async (context) => {
    const { id, pass, frame } = context.req.param();
    return picture(context, runs.framePath(id, pass === 'live' ? 'live' : 'full', Number(frame)));
  });
  app.get('/api/runs/:id/inspections/:frame{[0-9]+}/:k{[0-9]+}', async (context) => {
    const { frame, k } = place.parse(context.req.param());
    return picture(context, runs.inspectionPath(context.req.param('id'), frame, k));
  });
  // Asked for first, so that the page can say what is wrong; then it is there to be saved.
  app.post('/api/runs/:id/video/:format', async (context) => {
    const { name, bytes } = await runs.save(context.req.param('id'), formatOf(context));
    return context.json({ name, bytes });
  });
  app.get('/api/runs/:id/video/:format', async (context) => {
    const format = formatOf(context);
    const { path, name, bytes } = await runs.save(context.req.param('id'), format);
    return download(path, name, format === 'gif' ? 'image/gif' : `video/${format}`, bytes);
  });
  app.get('/api/runs/:id/png/:frame{[0-9]+}', async (context) => {
    const { name, bytes } = await runs.saveFrame(context.req.param('id'), Number(context.req.param('frame')));
    return context.body(new Uint8Array(bytes), 200, { 'Content-Type': 'image/png', ...attachment(name) });
  });
  app.get('/api/runs/:id/captions', (context) => {
    const { name, text } = runs.captions(context.req.param('id'));
    return context.body(text, 200, { 'Content-Type': 'text/vtt; charset=utf-8', ...attachment(name) });
  });
}

function formatOf(context: Context): ExportFormat {
  return z.enum(EXPORTS).parse(context.req.param('format'));
}
