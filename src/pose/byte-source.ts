/** Bytes that can be read at any place: what every single-file reader works on. */
export interface ByteSource {
  /** The name used in sentences to the user. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Bytes [offset, offset + length), fewer where the source ends. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** The bytes [offset, offset + size) of another source; closing it closes the other. */
export function windowSource(source: ByteSource, name: string, offset: number, size: number): ByteSource {
  return {
    name,
    size,
    read: (at, length) => source.read(offset + at, Math.max(0, Math.min(length, size - at))),
    close: () => source.close(),
  };
}

/** A source on bytes in memory. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => Buffer.from(bytes.subarray(offset, offset + length)),
    close: async () => {},
  };
}

/** Whether bytes begin like gzip. */
export function looksPacked(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The encoding of text whose characters have two bytes (a Windows shell writes such files), by its mark; undefined for other bytes. */
export function wideText(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** Text from a file as it may stand in a sentence: on one line, without control characters, at most `longest` characters. */
export function shown(text: string, longest = 80): string {
  const plain = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain.length > longest ? `${plain.slice(0, longest)}...` : plain;
}
