import type { MiddlewareHandler } from 'hono';

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;

/** Names by which a browser on this machine reaches the server. */
const OWN_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Answers only this machine's own pages: a foreign Host is a name that was made to point here (DNS rebinding), a foreign
 * Origin another site's page.
 */
export function guard(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const hosts = OWN_NAMES.map((name) => `${name}:${port()}`);
    const host = context.req.header('host') ?? '';
    const origin = context.req.header('origin');
    const site = context.req.header('sec-fetch-site');
    const own = hosts.includes(host) && (origin === undefined || origin === `http://${host}`);
    const foreignUse = site === 'cross-site' && context.req.path.startsWith('/api/');
    if (!own || foreignUse) {
      return context.json(
        { error: `This preview answers only its own page, at http://${hosts[0]}/: open that.` },
        403,
        HEADERS,
      );
    }
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  };
}
