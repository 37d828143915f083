import { requirePackages } from '../packages.js';
import type { Preview, PreviewOptions } from './server.js';

export type { Preview, PreviewOptions };

/**
 * Starts the preview: loads the models, opens `input`, and listens on this machine alone. Throws `HandfirstError`s; then
 * nothing is left behind. Its packages are optional, so it is loaded only now.
 */
export async function startPreview(options: PreviewOptions = {}): Promise<Preview> {
  requirePackages('page');
  const server = await import('./server.js');
  return server.startPreview(options);
}
