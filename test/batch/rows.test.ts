import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FoundRow, findRows } from '../../src/batch/find-rows.js';
import { itemsOf } from '../../src/batch/items.js';
import { orderSchema } from '../../src/batch/order.js';
import { csvRows, isJsonManifest, jsonRows, type ManifestLine } from '../../src/batch/rows.js';
import { temporaryFolder, writeClip } from '../pipeline/write-clip.js';

describe('a manifest', () => {
  it('in CSV gives a clip a line, with quoted commas and empty cells', () => {
    const text =
      '\uFEFFfile,range,prompt,seed,size\na.pose,10:50,"a woman, in red",7,1280x720\r\n\nb.pose,:5,,,\n';
    expect(csvRows(text, 'clips.csv').map((line) => 'row' in line && line.row)).toEqual([
      {
        file: 'a.pose',
        range: { from: 10, to: 50 },
        prompt: 'a woman, in red',
        seed: 7,
        size: { width: 1280, height: 720 },
      },
      { file: 'b.pose', range: { from: 0, to: 5 } },
    ]);
  });

  it('in JSON lines takes numbers and objects', () => {
    const text = '{"file":"a.parquet","sequence":12,"range":{"from":3}}\n\n{"file":"b.npy","fps":29.97}\n';
    expect(jsonRows(text, 'clips.jsonl')).toEqual([
      { line: 1, row: { file: 'a.parquet', sequence: '12', range: { from: 3 } } },
      { line: 3, row: { file: 'b.npy', fps: 29.97 } },
    ]);
  });

  it.each([
    [
      'file,rage\na.pose,1:2\n',
      /Line 1 of clips\.csv: there is no field "rage": known are file, output, range/,
    ],
    ['output\nb.mp4\n', /Line 1 of clips\.csv: there is no column "file"/],
    ['file,seed,seed\na.pose,1,2\n', /Line 1 of clips\.csv: two columns are named "seed"/],
    ['file,prompt\na.pose,"open\n', /clips\.csv is no CSV/],
  ])('with a fault in all its lines is refused: %j', (text, sentence) => {
    expect(() => csvRows(text, 'clips.csv')).toThrow(sentence);
  });

  const faultsOf = (lines: ManifestLine[]) =>
    lines.map((line) => ('error' in line ? line.error.message : line.row.file));

  it('in CSV names the line and the field of a fault, and keeps the other lines', () => {
    const text =
      'file,range,seed\na.pose,1:2,\n\n,5:,1\nb.pose,five,\nc.pose,1:2\nd.pose,1:2,3,4\ne.pose,:5,\n';
    expect(faultsOf(csvRows(text, 'clips.csv'))).toEqual([
      'a.pose',
      'Line 4 of clips.csv: file is missing.',
      'Line 5 of clips.csv: range is "five": give frames such as 10:50, 10: or :50.',
      expect.stringMatching(/^Line 6 of clips\.csv has not the 3 cells that line 1 names/),
      expect.stringMatching(/^Line 7 of clips\.csv has not the 3 cells/),
      'e.pose',
    ]);
  });

  it('in JSON lines does the same', () => {
    const text = '{"file":"a"}\n{"file":\n\n["b"]\n{"file":"c","rage":1}\n{"file":"d"}\n';
    expect(faultsOf(jsonRows(text, 'clips.jsonl'))).toEqual([
      'a',
      expect.stringMatching(/^Line 2 of clips\.jsonl is no JSON/),
      'Line 4 of clips.jsonl is no object: write {"file": ...}.',
      expect.stringMatching(/^Line 5 of clips\.jsonl: there is no field "rage"/),
      'd',
    ]);
  });

  it('is known for one by any of its first lines, and by having none', () => {
    expect(isJsonManifest('{"fil":"a"}\n{"file":"b"}\n')).toBe(true);
    expect(isJsonManifest(' \n')).toBe(true);
    expect(isJsonManifest('{"keypoints":[1,2,3]}\n')).toBe(false);
  });
});

async function foundIn(input: string): Promise<FoundRow[]> {
  return (await findRows([input])).map((row) => {
    if ('error' in row) throw row.error;
    return row;
  });
}

describe('what is found', () => {
  it('in a folder is every keypoint file and folder of frames, and no manifest or text', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    for (const name of ['b.pose', 'a.npz', 'notes.txt', 'deep/er/c.json.gz'])
      writeFileSync(join(folder, name), 'x');
    writeFileSync(join(folder, 'list.jsonl'), '{"file":"b.pose"}\n');
    writeFileSync(join(folder, 'points.jsonl'), '{"keypoints":[]}\n');
    writeClip(join(folder, 'deep'), 2);
    expect((await foundIn(folder)).map(({ stem }) => stem)).toEqual([
      'a',
      'b',
      'deep/clip',
      'deep/er/c',
      'points',
    ]);
  });

  it('by a pattern is named from the folder that all share', async () => {
    const folder = temporaryFolder();
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, 'signs', name), { recursive: true });
      writeFileSync(join(folder, 'signs', name, 'x.pose'), 'x');
    }
    const rows = await foundIn(join(folder, '**', '*.pose'));
    expect(rows.map(({ stem }) => stem)).toEqual(['one/x', 'two/x']);
    await expect(findRows([join(folder, 'none.npy')])).rejects.toMatchObject({ code: 'HF_INPUT_MISSING' });
  });

  it.each(['empty.jsonl', 'empty.csv', 'header.csv', 'empty', '*.npy'])(
    'in %s is nothing, which is said',
    async (name) => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'empty'));
      writeFileSync(join(folder, 'a.pose'), 'x');
      for (const empty of ['empty.jsonl', 'empty.csv']) writeFileSync(join(folder, empty), '\n');
      writeFileSync(join(folder, 'header.csv'), 'file,output\n');
      const input = join(folder, name);
      await expect(findRows([join(folder, 'a.pose'), input])).rejects.toMatchObject({
        code: 'HF_BATCH_EMPTY',
        exitCode: 2,
        message: expect.stringContaining(`There is nothing to draw in ${input}: `),
      });
    },
  );

  it('by a manifest starts where the manifest lies, and parts of one file have names of their own', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'clips.csv'), 'file,range,sequence\nsub/a.pose,0:5,\nsub/a.pose,5:,x y\n');
    const rows = await foundIn(join(folder, 'clips.csv'));
    expect(rows.map(({ file, stem }) => ({ file, stem }))).toEqual([
      { file: join(folder, 'sub/a.pose'), stem: 'sub/a-0-5' },
      { file: join(folder, 'sub/a.pose'), stem: 'sub/a-x_y-5-end' },
    ]);
  });
});

describe('the clips of a batch', () => {
  const row = { file: 'a.pose', stem: 'a' };

  it('take what their row leaves out from the batch', () => {
    const [clip] = itemsOf(
      [{ ...row, seed: 3, signer: 'liam' }],
      {
        look: { prompt: 'a man', seed: 1, reference: 'me.png' },
        source: { fps: 25 },
        output: { encoding: { crf: 20 } },
      },
      'webm',
    );
    expect(clip).toEqual({
      input: 'a.pose',
      source: { fps: 25 },
      look: { prompt: 'a man', seed: 3, signer: 'liam' },
      output: { path: 'a.webm', encoding: { crf: 20 } },
    });
  });

  const failureOf = (rows: FoundRow[]) => {
    const [failed] = itemsOf(rows, {}, 'mp4').flatMap((item) =>
      'failure' in item ? item.failure.message : [],
    );
    return failed;
  };

  it('have names of their own, within the folder', () => {
    expect(failureOf([row, { file: 'a.npy', stem: 'a' }])).toMatch(
      /^a\.npy would become a\.mp4, as a\.pose does/,
    );
    for (const output of ['../a.mp4', '/a.mp4', 'b/../../a.mp4', '..\\a.mp4', 'c:\\a.mp4'])
      expect(failureOf([{ ...row, output }])).toMatch(/leads out of the batch's folder/);
    expect(failureOf([{ ...row, output: '.handfirst/a.mp4' }])).toMatch(/keeps for itself/);
    expect(failureOf([{ ...row, output: 'a.avi' }])).toMatch(/no output of handfirst/);
    expect(
      failureOf([
        { ...row, output: 'p/' },
        { ...row, output: 'p' },
      ]),
    ).toMatch(/would become p, as a\.pose/);
  });

  it('fail with the line that names them', () => {
    const place = 'line 3 of clips.csv';
    const first = { ...row, output: 'b.mp4', place: 'line 2 of clips.csv' };
    expect(failureOf([first, { ...row, output: 'b.mp4', place }])).toMatch(
      /^a\.pose \(line 3 of clips\.csv\) would become b\.mp4, as a\.pose \(line 2 of clips\.csv\) does: /,
    );
    expect(failureOf([{ ...row, output: 'a.avi', place }])).toMatch(
      /^Line 3 of clips\.csv: a\.avi ends in \.avi/,
    );
  });
});

describe('an order that comes from a queue', () => {
  const hash = 'a'.repeat(64);
  const order = (path: string, name: string) => ({
    key: hash,
    clip: { input: '/home/me/a.pose', output: { path } },
    files: { '/home/me/a.pose': { sha256: hash, names: [name] } },
  });

  it('cannot lead out of the store', () => {
    expect(orderSchema.safeParse(order('deep/a.mp4', '1.json')).success).toBe(true);
    for (const path of ['../a.mp4', '/etc/a.mp4', 'a/../../b.mp4', '..\\a.mp4', 'c:/a.mp4']) {
      expect(orderSchema.safeParse(order(path, '1.json')).success, path).toBe(false);
      expect(orderSchema.safeParse(order('a.mp4', path)).success, path).toBe(false);
    }
    expect(orderSchema.safeParse({ ...order('a.mp4', '1.json'), key: '../x' }).success).toBe(false);
  });
});
