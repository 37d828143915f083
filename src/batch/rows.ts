import { z } from 'zod';
import { CsvError, readCsv } from '../csv.js';
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

const COLUMNS = Object.keys(rowSchema.shape);

/** What is read, and which line of it, for sentences. */
interface Place {
  readonly file: string;
  readonly line: number;
}

function rowOf(value: unknown, { file, line }: Place): BatchRow {
  const parsed = rowSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = unknown ?? issue?.path.join('.') ?? '';
  const why =
    unknown === undefined
      ? faultOf(field, valueAt(value, field), issue)
      : `there is no field \`${unknown}\`: known are ${COLUMNS.join(', ')}`;
  throw new UsageError('HF_BATCH_MANIFEST', `Line ${line} of ${file}: ${why}.`, { file, field });
}

/** A wish about the text says more than that neither text nor object fits. */
function faultOf(field: string, given: unknown, issue: z.core.$ZodIssue | undefined): string {
  if (given === undefined) return `\`${field}\` is missing`;
  const [first] = issue?.code === 'invalid_union' ? (issue.errors[0] ?? []) : [issue];
  const wish = (first?.message ?? '').replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return `\`${field}\` is ${JSON.stringify(given)}: ${wish}`;
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

/** The rows of a CSV manifest, whose first line names the columns. Throws `UsageError`. */
export function csvRows(content: string, file: string): BatchRow[] {
  let rows: Record<string, string>[];
  try {
    rows = readCsv(content);
  } catch (error) {
    const where =
      error instanceof CsvError && typeof error.lines === 'number' ? `Line ${error.lines} of ` : '';
    throw new UsageError('HF_BATCH_MANIFEST', `${where}${file} is no CSV: ${reasonOf(error)}.`, { file });
  }
  return rows.map((row, at) => rowOf(filled(row), { file, line: at + 2 }));
}

/** The rows of a JSONL manifest: an object a line. Throws `UsageError`. */
export function jsonRows(content: string, file: string): BatchRow[] {
  return content.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const place = { file, line: at + 1 };
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new UsageError(
        'HF_BATCH_MANIFEST',
        `Line ${at + 1} of ${file} is no JSON (${reasonOf(error)}): write one object a line.`,
        { file },
      );
    }
    return [rowOf(value, place)];
  });
}

/** Whether text in JSON lines is a manifest, and not keypoints. */
export function isJsonManifest(content: string): boolean {
  const first = content.split('\n').find((line) => line.trim() !== '') ?? '';
  try {
    return z.looseObject({ file: z.string() }).safeParse(JSON.parse(first)).success;
  } catch {
    return false;
  }
}
