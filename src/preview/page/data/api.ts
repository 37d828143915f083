import type { LexiconRequest, LexiconState, PhraseAnswer, PhraseRequest } from '../../phrase-protocol.js';
import type {
  About,
  ClipRequest,
  ClipState,
  ExportFormat,
  LookRequest,
  LookState,
  RecordingState,
  RunRequest,
  RunState,
} from '../../protocol.js';
import type { Problem } from '../strings/failures.js';
import { t } from '../strings/index.js';

/** What the user reads instead of an answer: the server's failure, or why it could not be asked. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(typeof problem === 'string' ? problem : problem.sentence);
  }
}

/** What a thrown value means for the user. */
export function problemOf(error: unknown): Problem {
  return error instanceof Refusal ? error.problem : t('errors.page', { why: String(error) });
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refusal(t('errors.silent'));
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const { error: sentence, code } = answer;
    if (sentence === undefined) throw new Refusal(t('errors.answered', { status: response.status }));
    throw new Refusal({ sentence, code });
  }
  return answer;
}

function send(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

async function give<T>(path: string, file: File, limit: number): Promise<T> {
  if (file.size > limit) {
    const size = Math.round(limit / 1024 / 1024);
    throw new Refusal(t('errors.tooLarge', { name: file.name, size }));
  }
  // A file that was changed or removed since it was chosen fails in the same way as a server that is gone.
  const readable = await file
    .slice(0, 1)
    .arrayBuffer()
    .catch(() => undefined);
  if (!readable) throw new Refusal(t('errors.unreadable', { name: file.name }));
  return ask(path, { method: 'POST', body: file });
}

export interface StoredName {
  readonly file: string;
  readonly name: string;
}

export const api = {
  about: () => ask<About>('/api/about'),
  clip: (request: ClipRequest) => ask<ClipState>('/api/clips', send(request)),
  run: (request: RunRequest) => ask<RunState>('/api/runs', send(request)),
  cancel: (run: string) => ask(`/api/runs/${run}/cancel`, send({})),
  /** Has a video made in a format. */
  video: (run: string, format: ExportFormat) =>
    ask<{ name: string; bytes: number }>(`/api/runs/${run}/video/${format}`, send({})),
  remove: (run: string) => ask(`/api/runs/${run}`, { method: 'DELETE' }),
  inspect: (run: string, frame: number) => ask(`/api/runs/${run}/inspections`, send({ frame })),
  look: (request: LookRequest) => ask<LookState>('/api/looks', send(request)),
  phrase: (request: PhraseRequest) => ask<PhraseAnswer>('/api/phrases', send(request)),
  lexicons: () => ask<LexiconState[]>('/api/lexicons'),
  lexicon: (request: LexiconRequest) => ask<LexiconState>('/api/lexicons', send(request)),
  sign: (lexicon: string, name: string, file: File, limit: number) =>
    give(`/api/lexicons/${lexicon}/signs?name=${encodeURIComponent(name)}`, file, limit),
  record: (file: File, limit: number) =>
    give<RecordingState>(`/api/recordings?name=${encodeURIComponent(file.name)}`, file, limit),
  /** Sends a file; what is larger than `limit` bytes is refused here, before it travels. */
  upload: (what: 'files' | 'pictures', file: File, limit: number) =>
    give<StoredName>(`/api/${what}?name=${encodeURIComponent(file.name)}`, file, limit),
};
