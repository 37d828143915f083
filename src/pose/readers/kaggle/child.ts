import type { ByteSource } from '../../byte-source.js';
import { decodeKaggle } from './decode.js';
import type { LandmarkRows } from './tables.js';

/** To the child: what to decode, first of all, then the bytes it asks for. */
export type ToChild =
  | {
      readonly kind: 'begin';
      readonly name: string;
      readonly size: number;
      readonly sequence: string | undefined;
    }
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array };

/** From the child: bytes it needs, the landmarks, or the sentence of a PoseFileError. */
export type FromChild =
  | { readonly kind: 'read'; readonly id: number; readonly offset: number; readonly length: number }
  | { readonly kind: 'rows'; readonly rows: LandmarkRows }
  | { readonly kind: 'failure'; readonly sentence: string };

const waiting = new Map<number, (bytes: Uint8Array) => void>();
let next = 0;

function tell(message: FromChild): void {
  process.send?.(message);
}

/** The parent's source, read by messages. */
function parentSource(name: string, size: number): ByteSource {
  return {
    name,
    size,
    async read(offset, length) {
      const id = next++;
      const bytes = await new Promise<Uint8Array>((resolve) => {
        waiting.set(id, resolve);
        tell({ kind: 'read', id, offset, length });
      });
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    close: async () => {},
  };
}

/** Says the landmarks or what is wrong. The parent ends this process: ending by itself, it could lose what was just sent. */
async function decode({ name, size, sequence }: Extract<ToChild, { kind: 'begin' }>): Promise<void> {
  try {
    tell({ kind: 'rows', rows: await decodeKaggle(parentSource(name, size), sequence) });
  } catch (error) {
    tell({ kind: 'failure', sentence: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'begin') {
    void decode(message);
    return;
  }
  waiting.get(message.id)?.(message.bytes);
  waiting.delete(message.id);
});
