import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRows } from '../../src/batch/find-rows.js';
import { itemsOf } from '../../src/batch/items.js';
import { orderSchema } from '../../src/batch/order.js';
import { csvRows, jsonRows } from '../../src/batch/rows.js';
import { temporaryFolder, writeClip } from '../pipeline/write-clip.js';

describe('a manifest', () => {
  it('in CSV gives a clip a line, with quoted commas and empty cells', () => {
    const text =
      '\uFEFFfile,range,prompt,seed,size\na.pose,10:50,"a woman, in red",7,1280x720\r\n\nb.pose,:5,,,\n';
    expect(csvRows(text, 'clips.csv')).toEqual([
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
      { file: 'a.parquet', sequence: '12', range: { from: 3 } },
      { file: 'b.npy', fps: 29.97 },
    ]);
  });

  it.each([
    [
      'file,rage\na.pose,1:2\n',
      /Line 2 of clips\.csv: there is no field `rage`: known are file, output, range/,
    ],
    [
      'file,range\na.pose,1:2\nb.pose,five\n',
      /Line 3 of clips\.csv: `range` is "five": give frames such as 10:50, 10: or :50\./,
    ],
    ['output\nb.mp4\n', /Line 2 of clips\.csv: `file` is missing\./],
    ['file,prompt\na.pose,"open\n', /clips\.csv is no CSV/],
  ])('names the line and the field of a fault: %j', (text, sentence) => {
    expect(() => csvRows(text, 'clips.csv')).toThrow(sentence);
  });

  it('names the line that is no JSON', () => {
    expect(() => jsonRows('{"file":"a"}\n{"file":\n', 'clips.jsonl')).toThrow(
      /Line 2 of clips\.jsonl is no JSON/,
    );
  });
});

describe('what is found', () => {
  it('in a folder is every keypoint file and folder of frames, and no manifest or text', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });
    for (const name of ['b.pose', 'a.npz', 'notes.txt', 'deep/er/c.json.gz'])
      writeFileSync(join(folder, name), 'x');
    writeFileSync(join(folder, 'list.jsonl'), '{"file":"b.pose"}\n');
    writeFileSync(join(folder, 'points.jsonl'), '{"keypoints":[]}\n');
    writeClip(join(folder, 'deep'), 2);
    expect((await findRows([folder])).map(({ stem }) => stem)).toEqual([
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
    const rows = await findRows([join(folder, '**', '*.pose')]);
    expect(rows.map(({ stem }) => stem)).toEqual(['one/x', 'two/x']);
    await expect(findRows([join(folder, '*.npy')])).rejects.toThrow(/There is nothing to draw/);
    await expect(findRows([join(folder, 'none.npy')])).rejects.toMatchObject({ code: 'HF_INPUT_MISSING' });
  });

  it('by a manifest starts where the manifest lies, and parts of one file have names of their own', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'clips.csv'), 'file,range,sequence\nsub/a.pose,0:5,\nsub/a.pose,5:,x y\n');
    const rows = await findRows([join(folder, 'clips.csv')]);
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

  it('have names of their own, within the folder', () => {
    expect(() => itemsOf([row, { file: 'a.npy', stem: 'a' }], {}, 'mp4')).toThrow(
      /a\.pose and a\.npy would both become a\.mp4/,
    );
    for (const output of ['../a.mp4', '/a.mp4', 'b/../../a.mp4', '..\\a.mp4', 'c:\\a.mp4'])
      expect(() => itemsOf([{ ...row, output }], {}, 'mp4')).toThrow(/leads out of the batch's folder/);
    expect(() => itemsOf([{ ...row, output: '.handfirst/a.mp4' }], {}, 'mp4')).toThrow(/keeps for itself/);
    expect(() => itemsOf([{ ...row, output: 'a.avi' }], {}, 'mp4')).toThrow(/no output of handfirst/);
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
