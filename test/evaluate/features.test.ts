import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeatureFiles, FeatureReader } from '../../src/evaluate/judge/features/feature-reader.js';
import { openFeatureReader } from '../../src/evaluate/judge/features/features.js';
import type { Picture } from '../../src/picture.js';

const folder = fileURLToPath(new URL('../fixtures/features/', import.meta.url));
const FILES: Required<FeatureFiles> = {
  inception192: join(folder, 'inception-192.onnx'),
  inception768: join(folder, 'inception-768.onnx'),
  clipPicture: join(folder, 'clip-picture.onnx'),
  clipText: join(folder, 'clip-text.onnx'),
};
const OPTIONS = { device: 'cpu', threads: 1 };
const cases: { cases: { prompt: string; ids: number[] }[] } = JSON.parse(
  readFileSync(new URL('../fixtures/clip/expected.json', import.meta.url), 'utf8'),
);

/** A picture of one colour. */
function plain(width: number, height: number, colour: readonly number[]): Picture {
  const data = Uint8Array.from(
    { length: width * height * colour.length },
    (_, at) => colour[at % colour.length] ?? 0,
  );
  return { width, height, channels: colour.length === 4 ? 4 : 3, data };
}

vi.setConfig({ testTimeout: 200_000, hookTimeout: 200_000 });

let all: FeatureReader;
let open: FeatureReader[] = [];
let scratch = '';
async function reader(files: FeatureFiles): Promise<FeatureReader> {
  const opened = await openFeatureReader(files, OPTIONS);
  open.push(opened);
  return opened;
}
beforeAll(async () => {
  all = await openFeatureReader(FILES, OPTIONS);
});
afterAll(() => all.close());
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'handfirst-features-'));
});
afterEach(async () => {
  for (const one of open) await one.close();
  open = [];
  rmSync(scratch, { recursive: true, force: true });
});

describe('the networks of FID, KID and CLIPSIM', () => {
  it('are given levels 0..1 of pictures of any size, without alpha', async () => {
    const { inception192, inception768 } = all;
    // The stand-in's feature k: (k + 1) / count * (red + 2 green + 3 blue).
    const sum = (51 + 2 * 102 + 3 * 204) / 255;
    const early = await inception192?.(plain(20, 30, [51, 102, 204]));
    expect(early).toHaveLength(192);
    expect(early?.[0]).toBeCloseTo(sum / 192, 5);
    expect(early?.[191]).toBeCloseTo(sum, 5);
    const late = await inception768?.(plain(64, 16, [51, 102, 204, 7]));
    expect(late).toHaveLength(768);
    expect(late?.[383]).toBeCloseTo(sum / 2, 5);
  });

  it('compare a picture with a caption by the cosine of their embeddings', async () => {
    const { similarity } = all;
    const { prompt, ids } = cases.cases[1] ?? { prompt: '', ids: [] };
    // The stand-in counts tokens by their rest when divided by 3; what is short is filled up with the end token.
    const filled = [...ids, ...new Array<number>(77 - ids.length).fill(ids.at(-1) ?? 0)];
    const counts = [0, 1, 2].map((rest) => filled.filter((id) => id % 3 === rest).length);
    const colour = [255, 102, 51];
    const dot = counts.reduce((total, count, at) => total + count * (colour[at] ?? 0), 0);
    const expected = (100 * dot) / Math.hypot(...counts) / Math.hypot(...colour);
    expect(await similarity?.(plain(40, 24, colour), prompt)).toBeCloseTo(expected, 3);
    // The middle counts, as CLIP cuts it out: what is beside it on a wide picture is another colour.
    const wide = plain(96, 16, colour);
    wide.data.fill(0, 0, 3 * 10);
    expect(await similarity?.(wide, prompt)).toBeCloseTo(expected, 3);
  });

  it('are measured only where they are named', async () => {
    expect(await reader({})).not.toHaveProperty('inception192');
    const some = await reader({ inception768: FILES.inception768 });
    expect(Object.keys(some).sort()).toEqual(['close', 'inception768', 'sha256']);
  });

  it('have a checksum that any of their files changes', async () => {
    const text = join(scratch, 'clip-text.onnx');
    for (const name of ['clip-text.onnx', 'tokenizer.json', 'tokenizer_config.json'])
      copyFileSync(join(folder, name), join(scratch, name));
    expect((await reader({ ...FILES, clipText: text })).sha256).toBe(all.sha256);
    writeFileSync(
      join(scratch, 'tokenizer.json'),
      `${readFileSync(join(folder, 'tokenizer.json'), 'utf8')}\n`,
    );
    expect((await reader({ ...FILES, clipText: text })).sha256).not.toBe(all.sha256);
    expect((await reader({})).sha256).not.toBe(all.sha256);
  });

  it('are refused with a sentence where they are other ones', async () => {
    await expect(reader({ inception192: FILES.inception768 })).rejects.toThrow(
      /inception-768.onnx is another one: it should take "picture" \(float32 1 x 3 x height x width\) and give "features" \(float32 1 x 192\)/,
    );
    await expect(reader({ inception192: join(scratch, 'no.onnx') })).rejects.toThrow(
      /no.onnx cannot be read/,
    );
    await expect(reader({ clipText: FILES.clipText })).rejects.toThrow(/CLIPSIM needs both of CLIP/);
    const text = join(scratch, 'clip-text.onnx');
    copyFileSync(FILES.clipText, text);
    await expect(reader({ ...FILES, clipText: text })).rejects.toThrow(/tokenizer.json cannot be read/);
    const broken = join(scratch, 'broken.onnx');
    writeFileSync(broken, 'nothing');
    await expect(reader({ inception768: broken })).rejects.toThrow(
      /broken.onnx of bundle .* could not be loaded on cpu .*: export it again with `python -m handfirst_training.judge.export_features`\.$/,
    );
  });
});
