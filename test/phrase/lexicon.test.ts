import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLexicon, phrase, spell, writeClip } from '../../src/phrase/index.js';

const HEADER = 'path,spoken_language,signed_language,start,end,words,glosses,priority\n';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'handfirst-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function folder(name: string, files: Record<string, string>): string {
  const path = join(scratch, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

describe('a lexicon', () => {
  it('is a folder of files named after their gloss', async () => {
    const path = folder('named', { 'HELLO.pose': '', 'thank_you.jsonl': '', 'notes.txt': '' });
    const lexicon = await openLexicon(path);
    expect(lexicon.find('hello')).toEqual({
      gloss: 'HELLO',
      path: join(path, 'HELLO.pose'),
      file: 'HELLO.pose',
      part: { from: 0 },
    });
    expect(lexicon.glosses).toEqual(['HELLO', 'thank_you']);
    expect(lexicon.find('THANK-YOU')?.path).toBe(join(path, 'thank_you.jsonl'));
    expect(lexicon.find('NOTES')).toBeUndefined();
    expect(lexicon.nearest('HELO')).toEqual(['HELLO']);
  });

  it('is an index: priority, glosses before words, quoted fields, parts in milliseconds', async () => {
    const path = folder('indexed', {
      'index.csv': `\uFEFF${HEADER}a.pose,en,ase,0,0,"good, morning",GOOD,2\nb.pose,en,ase,500,1750,good,GOOD,1\nc.pose,de,gsg,100,0,gut,GUT,0\n\nd.pose,en,ase,0,0,GUT,WELL,0\n`,
    });
    const lexicon = await openLexicon(path);
    expect(lexicon.find('GOOD')).toEqual({
      gloss: 'GOOD',
      path: join(path, 'b.pose'),
      file: 'b.pose',
      part: { from: 0.5, to: 1.75 },
    });
    expect(lexicon.find('GUT')).toEqual({
      gloss: 'GUT',
      path: join(path, 'c.pose'),
      file: 'c.pose',
      part: { from: 0.1 },
    });
    expect((await openLexicon(path, 'ase')).find('GUT')?.path).toBe(join(path, 'd.pose'));
  });

  it.each([
    ['no-rows', HEADER, /holds no signs/],
    ['no-number', `${HEADER}a.pose,en,ase,soon,0,a,A,0\n`, /row 2, column start/],
    ['no-columns', 'file,gloss\na.pose,A\n', /row 2, column path/],
    ['ragged', `${HEADER}a.pose,en\n`, /no table of commas/],
    ['outside', `${HEADER}../a.pose,en,ase,0,0,a,A,0\n`, /outside of the lexicon's folder/],
  ])('names the fault of an index: %s', async (name, index, said) => {
    await expect(openLexicon(folder(name, { 'index.csv': index }))).rejects.toThrow(said);
  });

  it('names a folder that is not there, or holds no signs', async () => {
    await expect(openLexicon(join(scratch, 'nowhere'))).rejects.toThrow(/nowhere cannot be read/);
    await expect(openLexicon(folder('empty', {}))).rejects.toThrow(/HELLO\.pose/);
  });
});

describe('phrase', () => {
  it('signs, repeats and spells; what is unknown is an error with what is near it, or is spelled', async () => {
    const path = folder('signs', {});
    await writeClip(spell('HI'), join(path, 'HELLO.pose'));
    await writeClip(spell('NA'), join(path, 'NAME.pose'));
    const clip = await phrase('hello NAME hello M-E', path);
    expect(clip.signs.map(({ sign }) => sign)).toEqual(['hello', 'NAME', 'hello', 'M-E']);
    await expect(phrase('HELO NAMES XYZ', path)).rejects.toThrow(
      /no sign for HELO \(near it: HELLO\); NAMES \(near it: NAME\); XYZ\. Correct it, or spell it: `spellUnknown: true`/,
    );
    const spelled = await phrase('HELLO XYZ', path, { spellUnknown: true });
    expect(spelled.signs.map(({ sign }) => sign)).toEqual(['HELLO', 'XYZ']);
    await expect(phrase('  ', path)).rejects.toThrow(/phrase is empty/);
    await expect(phrase('HELLO', path, { speed: 7 })).rejects.toThrow(/speed of 7/);
  });
});
