import { signal } from '@preact/signals';
import type { LexiconState, PhraseAnswer, PhraseRequest } from '../../phrase-protocol.js';
import { t } from '../strings/index.js';
import { api, Refusal } from './api.js';
import { about, attempt, openFile, problem, said } from './store.js';
import { type PhraseTile, phraseOf, tiles } from './tiles.js';

export const lexicons = signal<readonly LexiconState[]>([]);
/** The lexicon that was chosen. */
export const lexiconId = signal<string | undefined>(undefined);
/** How letters are spelled, alone and in phrases. */
export const hand = signal<'left' | 'right'>('right');
export const spellingSpeed = signal(1);
/** What is being made just now. */
export const making = signal<PhraseRequest['how'] | undefined>(undefined);

/** Files of the folders that were chosen in this page, by lexicon and by their names in it. */
const folders = new Map<string, ReadonlyMap<string, File>>();

/** The lexicon that phrases are signed from: the chosen one, or the first. */
export function lexicon(): LexiconState | undefined {
  return lexicons.value.find(({ id }) => id === lexiconId.value) ?? lexicons.value[0];
}

/** Makes a folder of the user's a lexicon. Only names and index travel; a sign does when a phrase needs it. */
export async function chooseFolder(list: readonly File[]): Promise<void> {
  const files = new Map(list.map((file) => [pathInFolder(file), file]));
  const [first] = list;
  if (!first) throw new Refusal(t('phrase.emptyFolder'));
  const name = first.webkitRelativePath.split('/')[0] || 'lexicon';
  const index = await files.get('index.csv')?.text();
  const names = [...files.keys()];
  const chosen = await api.lexicon({ name, names, ...(index === undefined ? {} : { index }) });
  folders.set(chosen.id, files);
  lexicons.value = [...lexicons.value, chosen];
  lexiconId.value = chosen.id;
  said.value = t('phrase.lexiconHas', { name, count: chosen.count });
}

function pathInFolder({ name, webkitRelativePath }: File): string {
  return webkitRelativePath.split('/').slice(1).join('/') || name;
}

/** Signs the tiles. */
export function makePhrase(): Promise<void> {
  const chosen = lexicon();
  if (!chosen) {
    problem.value = t('phrase.noLexicon');
    return Promise.resolve();
  }
  const files = tiles.value.flatMap(({ file }: PhraseTile) => (file === undefined ? [] : [file]));
  return make({
    how: 'phrase',
    text: phraseOf(tiles.value),
    files: [...new Set(files)],
    hand: hand.value,
    speed: spellingSpeed.value,
    lexicon: chosen.id,
  });
}

export function spellWord(text: string): Promise<void> {
  return make({ how: 'spell', text, hand: hand.value, speed: spellingSpeed.value });
}

/** Makes keypoints and opens them; signs of a chosen folder are sent when they are asked for. */
async function make(request: PhraseRequest): Promise<void> {
  if (making.value) return;
  making.value = request.how;
  said.value = t('phrase.making');
  await attempt(async () => {
    let answer: PhraseAnswer = await api.phrase(request);
    if ('wanted' in answer && request.how === 'phrase') {
      await sendSigns(request.lexicon, answer.wanted);
      answer = await api.phrase(request);
    }
    if ('wanted' in answer) throw new Refusal(t('phrase.notArrived'));
    await openFile(answer);
  });
  making.value = undefined;
}

async function sendSigns(id: string, names: readonly string[]): Promise<void> {
  const files = folders.get(id);
  if (!files) throw new Refusal(t('phrase.folderGone'));
  for (const name of names) {
    const file = files.get(name);
    if (!file) throw new Refusal(t('phrase.fileMissing', { name }));
    await api.sign(id, name, file, about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY);
  }
}
