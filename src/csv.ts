/*
 * The only file that imports csv-parse, which ships seven copies of itself: the build takes the one that is used into this module.
 */
import { CsvError, parse } from 'csv-parse/sync';

/** What holds for every file: the names in its first line, and cells without the spaces around them. */
const HOW = { columns: true, bom: true, skip_empty_lines: true, trim: true } as const;

/** Rows of a CSV file by the names in its first line. Throws `Error` with csv-parse's own sentence. */
export function readCsv(text: string): Record<string, string>[] {
  return parse(text, HOW);
}

/** A row, and the line of the file on which it ends, from 1. */
export interface CsvLine {
  readonly line: number;
  readonly cells: Record<string, string>;
  /** The row has more or fewer cells than the first line has names. */
  readonly uneven: boolean;
}

/** The names in the first line, and rows with their lines; rows of other lengths are no fault of the file. Throws as `readCsv` does. */
export function readCsvLines(text: string): { names: readonly string[]; lines: readonly CsvLine[] } {
  let names: readonly string[] = [];
  const lines: CsvLine[] = parse(text, {
    ...HOW,
    columns: (header: string[]) => {
      names = header;
      return header;
    },
    relax_column_count: true,
    on_record: (cells: Record<string, string>, { lines: line, error }): CsvLine => ({
      line,
      cells,
      uneven: error !== undefined,
    }),
  });
  return { names, lines };
}

export { CsvError };
