import { signal } from '@preact/signals';
import type { LexiconState, PhraseRequest } from '../../phrase-protocol.js';
import { api, Refusal, type StoredName } from './api.js';
import { about, attempt, openFile, said } from './store.js';

/** How letters are spelled, alone and in phrases. */
export const hand = signal<'left' | 'right'>('right');
export const spellingSpeed = signal(1);
/** Files that are joined to a phrase, in their order. */
export const joining = signal<readonly StoredName[]>([]);

export const lexicons = signal<readonly LexiconState[]>([]);
/** What is being made just now. */
export const making = signal<PhraseRequest['how'] | undefined>(undefined);

/** Files of the folders that were chosen in this page, by lexicon and by their names in it. */
const folders = new Map<string, ReadonlyMap<string, File>>();

/** Makes a folder of the user's a lexicon. Only names and index travel; a sign does when a phrase needs it. */
export async function chooseFolder(list: readonly File[]): Promise<LexiconState> {
  const files = new Map(list.map((file) => [pathInFolder(file), file]));
  const [first] = list;
  if (!first)
    throw new Refusal('The folder is empty: choose one with files such as HELLO.pose, or an index.csv.');
  const name = first.webkitRelativePath.split('/')[0] || 'lexicon';
  const index = await files.get('index.csv')?.text();
  const lexicon = await api.lexicon({
    name,
    names: [...files.keys()],
    ...(index === undefined ? {} : { index }),
  });
  folders.set(lexicon.id, files);
  lexicons.value = [...lexicons.value, lexicon];
  said.value = `The lexicon ${name} has ${lexicon.count} signs.`;
  return lexicon;
}

function pathInFolder({ name, webkitRelativePath }: File): string {
  return webkitRelativePath.split('/').slice(1).join('/') || name;
}

/** Makes a phrase and opens it; signs of a chosen folder are sent when they are asked for. */
export async function makePhrase(request: PhraseRequest): Promise<void> {
  if (making.value) return;
  making.value = request.how;
  said.value = 'The phrase is being made.';
  await attempt(async () => {
    let answer = await api.phrase(request);
    if ('wanted' in answer && request.how === 'sign') {
      await sendSigns(request.lexicon, answer.wanted);
      answer = await api.phrase(request);
    }
    if ('wanted' in answer) throw new Refusal('The signs did not arrive: choose the folder again.');
    await openFile(answer);
  });
  making.value = undefined;
}

async function sendSigns(lexicon: string, names: readonly string[]): Promise<void> {
  const files = folders.get(lexicon);
  if (!files) throw new Refusal("The page does not have the lexicon's folder any more: choose it again.");
  for (const name of names) {
    const file = files.get(name);
    if (!file)
      throw new Refusal(`The lexicon's folder has no file ${name}, which its index names: add it there.`);
    await api.sign(lexicon, name, file, about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY);
  }
}

/** Sends files, to be joined after those that are already there. */
export async function addToJoin(files: readonly File[]): Promise<void> {
  await attempt(async () => {
    for (const file of files) {
      const limit = about.value?.limits.keypointBytes ?? Number.POSITIVE_INFINITY;
      const { file: id, name } = await api.upload('files', file, limit);
      joining.value = [...joining.value, { file: id, name }];
    }
  });
}

export function moveUp(at: number): void {
  const next = [...joining.value];
  next.splice(at - 1, 2, ...next.slice(at - 1, at + 1).reverse());
  joining.value = next;
}
