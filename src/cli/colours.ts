import pc from 'picocolors';

type Stream = NodeJS.WritableStream & { isTTY?: boolean };

/**
 * The colours that a stream shows: all on a terminal, none where it is piped or kept in a file.
 * `NO_COLOR` and `FORCE_COLOR` decide otherwise. `CI` alone does not, since programs read its logs.
 */
export function coloursOf(stream: Stream): ReturnType<typeof pc.createColors> {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return pc.createColors(false);
  if (FORCE_COLOR) return pc.createColors(FORCE_COLOR !== '0');
  return pc.createColors(stream.isTTY === true);
}
