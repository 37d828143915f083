import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

/** Only this machine. */
const HOST = '127.0.0.1';

/** A page that is served. */
export interface Served {
  /** `http://127.0.0.1:41234/` */
  readonly address: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Serves an app on this machine alone; `port` 0 is any. Rejects with the system's error where the port cannot be had. */
export async function serve(app: (port: () => number) => Hono, port: number): Promise<Served> {
  let own = port;
  const listener = getRequestListener(app(() => own).fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => void listener(request, response));
  own = await listen(server, port);
  return {
    address: `http://${HOST}:${own}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
