import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { OutputError, UsageError } from '../../errors.js';
import { reasonOf } from '../../reason.js';
import { writeWhole } from '../../write-whole.js';
import { type Answer, answerSchema, areRanks, CRITERIA } from './answer.js';
import { meanRanks } from './mean-ranks.js';
import type { Study } from './study.js';

const fileSchema = z.object({
  version: z.literal(1),
  study: z.string(),
  seed: z.number().int(),
  contestants: z.array(z.string()),
  answers: z.array(answerSchema),
});

/** The answers to a study, kept in a file that is whole at any time. */
export class Answers {
  private readonly given: Map<number, Answer>;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private readonly study: Study,
    answers: readonly Answer[],
  ) {
    this.given = new Map(answers.map((answer) => [answer.trial, answer]));
  }

  /** Goes on with the answers at `path`, or begins there. Throws UsageError where they are another study's. */
  static async open(path: string, study: Study): Promise<Answers> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return new Answers(path, study, []);
      throw new OutputError(
        'HF_OUTPUT_UNWRITABLE',
        `The answers ${path} cannot be read: ${reasonOf(error)}.`,
        { file: path },
      );
    }
    const stated = fileSchema.safeParse(parsed(text));
    if (!stated.success)
      throw new UsageError('HF_RANKS_DIFFER', `${path} holds no answers: name another file with \`out\`.`, {
        file: path,
        field: 'out',
      });
    if (stated.data.study !== study.sha256) {
      throw new UsageError(
        'HF_RANKS_DIFFER',
        `${path} holds answers about other pictures, or of another \`seed\` or \`count\`: name another file with \`out\`.`,
        { file: path, field: 'out' },
      );
    }
    return new Answers(path, study, stated.data.answers);
  }

  /** In the order of the trials. */
  get all(): Answer[] {
    return [...this.given.values()].sort((a, b) => a.trial - b.trial);
  }

  get(trial: number): Answer | undefined {
    return this.given.get(trial);
  }

  /** The first trial without an answer; the number of trials where all have one. */
  get next(): number {
    const { trials } = this.study;
    const at = trials.findIndex((_, index) => !this.given.has(index));
    return at < 0 ? trials.length : at;
  }

  /** Keeps the ranks of a trial, and resolves once they are on the disk. Throws UsageError for what are no ranks, OutputError. */
  async give(trial: number, ranks: Pick<Answer, 'pose' | 'quality'>): Promise<void> {
    const asked = this.study.trials[trial];
    if (!asked) throw new UsageError('HF_RANK_ANSWER', `There is no question ${trial + 1}.`);
    for (const by of CRITERIA) {
      if (!areRanks(ranks[by], asked.shown.length))
        throw new UsageError(
          'HF_RANK_ANSWER',
          `Give each picture another rank by ${by}, from 1 (best) to ${asked.shown.length}.`,
        );
    }
    const { item, frame } = asked;
    const shown = asked.shown.map(({ contestant }) => contestant);
    this.given.set(trial, { trial, item, frame, shown, pose: [...ranks.pose], quality: [...ranks.quality] });
    const writing = this.writing.catch(() => undefined).then(() => this.write());
    this.writing = writing;
    await writing;
  }

  private async write(): Promise<void> {
    const { contestants, seed, sha256 } = this.study;
    const results = Object.fromEntries(CRITERIA.map((by) => [by, meanRanks(this.all, contestants, by)]));
    const stated = { version: 1, study: sha256, seed, contestants, answers: this.all, results };
    await writeWhole(this.path, `${JSON.stringify(stated, undefined, 1)}\n`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
