import { createHash } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { addFile } from '../file-hash.js';

/*
 * What is known to be on the disk, as JSON lines: a header, a line for each finished segment, and a line when the segments
 * are joined. A line is written when what it speaks of has reached the disk, so a torn last line loses nothing that counts.
 */

const count = z.number().int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const headerSchema = z.object({
  kind: z.literal('header'),
  version: z.literal(2),
  fingerprint: hash,
  /** What the fingerprint is made of, so that a difference can be named. */
  identity: z.record(z.string(), z.string()),
});

export const segmentSchema = z.object({
  kind: z.literal('segment'),
  index: count,
  firstFrame: count,
  frames: count.min(1),
  /** Files relative to the work folder, in order. */
  files: z.array(z.string()).min(1),
  /** SHA-256 of the files' bytes, one after the other. */
  sha256: hash,
});

const joinedSchema = z.object({
  kind: z.literal('joined'),
  frames: count.min(1),
  sha256: hash,
  /** SHA-256 of the certificate that signed it; absent where nobody did. */
  credentials: hash.optional(),
});

const recordSchema = z.discriminatedUnion('kind', [headerSchema, segmentSchema, joinedSchema]);

export type JournalHeader = z.output<typeof headerSchema>;
export type SegmentRecord = z.output<typeof segmentSchema>;
export type JoinedRecord = z.output<typeof joinedSchema>;
type JournalRecord = z.output<typeof recordSchema>;

export interface Journal {
  readonly header: JournalHeader;
  readonly segments: readonly SegmentRecord[];
  readonly joined?: JoinedRecord;
}

/** Name within the work folder. */
export const JOURNAL = 'journal.jsonl';

const journalPath = (folder: string) => join(folder, JOURNAL);

/** JSON with the keys of every object in order, so that equal values give equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** The header for a run: `parts` are all that decides the bytes, by the words that the user knows them by. */
export function journalHeader(parts: Readonly<Record<string, unknown>>): JournalHeader {
  const identity = Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [name, canonical(value) ?? 'null']),
  );
  const fingerprint = createHash('sha256').update(canonical(identity)).digest('hex');
  return { kind: 'header', version: 2, fingerprint, identity };
}

/** Names of the parts in which two headers differ. */
export function differences(a: JournalHeader, b: JournalHeader): string[] {
  const names = new Set([...Object.keys(a.identity), ...Object.keys(b.identity)]);
  return [...names].filter((name) => a.identity[name] !== b.identity[name]).sort();
}

/** SHA-256 of the bytes of `files`, one after the other. Rejects as reading does when one is missing. */
export async function digestFiles(files: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const file of files) await addFile(digest, file);
  return digest.digest('hex');
}

function parseLine(line: string): JournalRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The journal in `folder` up to the first line that is torn or out of order; undefined where there is none to trust. */
export async function readJournal(folder: string): Promise<Journal | undefined> {
  const text = await readFile(journalPath(folder), 'utf8').catch(() => '');
  const [first, ...rest] = text.split('\n').map(parseLine);
  if (first?.kind !== 'header') return undefined;
  const segments: SegmentRecord[] = [];
  let frames = 0;
  for (const record of rest) {
    if (record?.kind === 'joined' && record.frames === frames)
      return { header: first, segments, joined: record };
    if (record?.kind !== 'segment' || record.index !== segments.length || record.firstFrame !== frames) break;
    segments.push(record);
    frames += record.frames;
  }
  return { header: first, segments };
}

/** The journal's segments whose files are still there and unaltered, up to the first that is not. */
export async function intactSegments(
  folder: string,
  segments: readonly SegmentRecord[],
): Promise<SegmentRecord[]> {
  const intact: SegmentRecord[] = [];
  for (const segment of segments) {
    const found = await digestFiles(segment.files.map((file) => join(folder, file))).catch(() => '');
    if (found !== segment.sha256) break;
    intact.push(segment);
  }
  return intact;
}

/** Makes sure that a file's bytes, or a folder's entries, are on the disk. */
export async function syncToDisk(path: string): Promise<void> {
  const isFolder = (await stat(path)).isDirectory();
  // Windows has no such thing for folders, and wants leave to write for files.
  if (isFolder && process.platform === 'win32') return;
  const handle = await open(path, isFolder ? 'r' : 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes the journal anew, at once or not at all. */
export async function startJournal(
  folder: string,
  header: JournalHeader,
  segments: readonly SegmentRecord[],
): Promise<void> {
  const temporary = join(folder, 'journal.new');
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile([header, ...segments].map((record) => `${JSON.stringify(record)}\n`).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, journalPath(folder));
  await syncToDisk(folder);
}

/** Adds a line and waits until it is on the disk. */
export async function appendJournal(folder: string, record: SegmentRecord | JoinedRecord): Promise<void> {
  const handle = await open(journalPath(folder), 'a');
  try {
    await handle.writeFile(`${JSON.stringify(record)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
