import { UsageError } from '../errors.js';
import { reasonOf } from '../reason.js';
import { type Served, serve } from '../serve/listen.js';
import { previewApp } from './app.js';
import { readPage } from './page-files.js';
import { Studio, type StudioOptions } from './studio.js';

/** Options of `startPreview`. */
export interface PreviewOptions extends StudioOptions {
  /** Port to listen on, 0 for any; default `USUAL_PORT`, or any where that is taken. */
  readonly port?: number;
  /** Folder of the built page; default the package's own. */
  readonly page?: string;
}

export interface Preview {
  /** `http://127.0.0.1:8133/` */
  readonly address: string;
  /** Ends what is being drawn, closes every connection and removes everything that was written. */
  close(): Promise<void>;
}

/** One for each keypoint, after a thousand times eight. */
const USUAL_PORT = 8133;

/**
 * Starts the preview: loads the models, opens `input`, and listens on this machine alone. Throws `HandfirstError`s; then
 * nothing is left behind.
 */
export async function startPreview(options: PreviewOptions = {}): Promise<Preview> {
  const page = await readPage(options.page);
  const studio = await Studio.open(options);
  const stop = new AbortController();
  const app = (port: () => number) => previewApp({ studio, page, port, signal: stop.signal });
  try {
    const served = await serveOn(app, options.port);
    return {
      address: served.address,
      async close() {
        stop.abort();
        await Promise.all([served.close(), studio.close()]);
      },
    };
  } catch (error) {
    await studio.close();
    throw error;
  }
}

async function serveOn(app: Parameters<typeof serve>[0], asked: number | undefined): Promise<Served> {
  try {
    return await serve(app, asked ?? USUAL_PORT);
  } catch (error) {
    if (asked === undefined) return serve(app, 0);
    throw new UsageError(
      'HF_PORT',
      `The preview cannot listen on port ${asked} (${reasonOf(error)}): choose another \`port\`, or 0 for any.`,
      { field: 'port' },
    );
  }
}
