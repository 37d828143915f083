import { z } from 'zod';
import { CsvError, type CsvLine, readCsvLines } from '../csv.js';
import { UsageError } from '../errors.js';
import { reasonOf } from '../reason.js';

const text = z.string().trim().min(1);
const frame = z.coerce.number().int().min(0);

/** `10:50`, `10:` or `:50`, or the same as an object. */
const range = z.union([
  text
    .regex(/^(\d+:\d*|:\d+)$/, 'give frames such as 10:50, 10: or :50')
    .transform((given) => given.split(':'))
    .transform(([from, to]) => ({ from: Number(from || 0), ...(to ? { to: Number(to) } : {}) })),
  z.strictObject({ from: frame.default(0), to: frame.optional() }),
]);

/** `1280x720`, or the same as an object. */
const size = z.union([
  text
    .regex(/^\d+x\d+$/i, 'give width and height in pixels, such as 1280x720')
    .transform((given) => given.toLowerCase().split('x').map(Number))
    .transform(([width = 0, height = 0]) => ({ width, height })),
  z.strictObject({ width: z.number().int(), height: z.number().int() }),
]);

/** What a manifest can say of a clip; what it leaves out is that of the whole batch. */
const rowSchema = z.strictObject({
  /** Keypoint file or folder, relative to the manifest. */
  file: text,
  /** Name of the video within the batch's folder. */
  output: text.optional(),
  range: range.optional(),
  prompt: text.optional(),
  signer: text.optional(),
  /** Picture of the signer, relative to the manifest. */
  reference: text.optional(),
  seed: z.coerce.number().int().min(0).optional(),
  person: z.coerce.number().int().min(1).optional(),
  sequence: z.coerce.string().trim().min(1).optional(),
  format: text.optional(),
  fps: z.coerce.number().positive().optional(),
  size: size.optional(),
});

/** One clip of a batch. */
export type BatchRow = z.output<typeof rowSchema>;

/** A line of a manifest: the clip, or what is wrong with it. */
export type ManifestLine = {
  /** From 1. */
  readonly line: number;
} & ({ readonly row: BatchRow } | { readonly error: UsageError });

const COLUMNS = Object.keys(rowSchema.shape);

/** What is read, and which line of it, for sentences. Fields of a manifest are named without backticks, since they are no options. */
interface Place {
  readonly file: string;
  readonly line: number;
}

/** A line that cannot be used is a failure of its clip alone. */
function lineOf(place: Place, read: () => BatchRow): ManifestLine {
  const { line } = place;
  try {
    return { line, row: read() };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { line, error };
  }
}

function rowOf(value: unknown, { file, line }: Place): BatchRow {
  const parsed = rowSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.path.length === 0 && issue.code === 'invalid_type')
    throw new UsageError('HF_BATCH_MANIFEST', `Line ${line} of ${file} is no object: write {"file": ...}.`, {
      file,
    });
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = unknown ?? issue?.path.join('.') ?? '';
  const why = unknown === undefined ? faultOf(field, valueAt(value, field), issue) : unknownField(unknown);
  throw new UsageError('HF_BATCH_MANIFEST', `Line ${line} of ${file}: ${why}.`, { file, field });
}

function unknownField(name: string): string {
  return `there is no field ${JSON.stringify(name)}: known are ${COLUMNS.join(', ')}`;
}

/** A wish about the text says more than that neither text nor object fits. */
function faultOf(field: string, given: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (given === undefined) return `${field} is missing`;
  const [first] = issue?.code === 'invalid_union' ? (issue.errors[0] ?? []) : [issue];
  const wish = (first?.message ?? '').replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return `${field} is ${JSON.stringify(given)}: ${wish}`;
}

function valueAt(row: unknown, field: string): unknown {
  return row !== null && typeof row === 'object'
    ? Object.entries(row).find(([key]) => key === field)?.[1]
    : row;
}

/** Cells without content say nothing. */
function filled(row: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== ''));
}

/** The lines of a CSV manifest, whose first names the columns. Throws `UsageError` where the file as a whole is at fault. */
export function csvRows(content: string, file: string): ManifestLine[] {
  let read: ReturnType<typeof readCsvLines>;
  try {
    read = readCsvLines(content);
  } catch (error) {
    const where =
      error instanceof CsvError && typeof error.lines === 'number' ? `Line ${error.lines} of ` : '';
    throw new UsageError('HF_BATCH_MANIFEST', `${where}${file} is no CSV: ${reasonOf(error)}.`, { file });
  }
  checkNames(read.names, file);
  return read.lines.map((line) =>
    lineOf({ file, line: line.line }, () => csvRow(line, read.names.length, file)),
  );
}

/** Columns that are wrong are wrong in every line. */
function checkNames(names: readonly string[], file: string): void {
  const refuse = (why: string, field: string): never => {
    throw new UsageError('HF_BATCH_MANIFEST', `Line 1 of ${file}: ${why}.`, { file, field });
  };
  if (names.length === 0) return;
  const unknown = names.find((name) => !COLUMNS.includes(name));
  if (unknown !== undefined) refuse(unknownField(unknown), unknown);
  if (!names.includes('file')) refuse('there is no column "file", which says what is drawn', 'file');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`two columns are named ${JSON.stringify(twice)}`, twice);
}

function csvRow({ line, cells, uneven }: CsvLine, names: number, file: string): BatchRow {
  if (uneven)
    throw new UsageError(
      'HF_BATCH_MANIFEST',
      `Line ${line} of ${file} has not the ${names} cells that line 1 names: put text with a comma in quotes.`,
      { file },
    );
  return rowOf(filled(cells), { file, line });
}

/** The lines of a JSONL manifest: an object each. */
export function jsonRows(content: string, file: string): ManifestLine[] {
  return content.split('\n').flatMap((text, at) => {
    if (text.trim() === '') return [];
    const place = { file, line: at + 1 };
    return [lineOf(place, () => rowOf(jsonOf(text, place), place))];
  });
}

function jsonOf(text: string, { file, line }: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      'HF_BATCH_MANIFEST',
      `Line ${line} of ${file} is no JSON (${reasonOf(error)}): write one object a line.`,
      { file },
    );
  }
}

/** Whether the beginning of text in JSON lines is that of a manifest, and not of keypoints; a text without lines is a manifest of nothing. */
export function isJsonManifest(head: string): boolean {
  const lines = head.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 || lines.some(namesFile);
}

function namesFile(line: string): boolean {
  try {
    return z.looseObject({ file: z.string() }).safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}
