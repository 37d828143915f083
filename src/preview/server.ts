import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { UsageError } from '../errors.js';
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
/** Only this machine. */
const HOST = '127.0.0.1';

/**
 * Starts the preview: loads the models, opens `input`, and listens on this machine alone. Throws `HandfirstError`s; then
 * nothing is left behind.
 */
export async function startPreview(options: PreviewOptions = {}): Promise<Preview> {
  const page = await readPage(options.page);
  const studio = await Studio.open(options);
  const stop = new AbortController();
  let port = 0;
  const app = previewApp({ studio, page, port: () => port, signal: stop.signal });
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  try {
    port = await listen(server, options.port);
  } catch (error) {
    await studio.close();
    throw error;
  }
  return {
    address: `http://${HOST}:${port}/`,
    async close() {
      stop.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await studio.close();
      await closed;
    },
  };
}

async function listen(server: Server, asked: number | undefined): Promise<number> {
  try {
    return await listenOn(server, asked ?? USUAL_PORT);
  } catch (error) {
    if (asked === undefined) return listenOn(server, 0);
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      'HF_PORT',
      `The preview cannot listen on port ${asked} (${why}): choose another \`port\`, or 0 for any.`,
      { field: 'port' },
    );
  }
}

async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
