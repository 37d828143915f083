import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { formatBundles, formatTopics, modelsCommand } from '../../src/cli/models.js';
import { listBundles } from '../../src/models/index.js';
import { copyOfTiny, editManifest, TINY } from '../models/tiny-bundle.js';

/** Runs `handfirst models ...`; gives what it printed. */
async function printed(...args: string[]): Promise<{ text: string; error?: unknown }> {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  onTestFinished(() => spy.mockRestore());
  const error: unknown = await modelsCommand()
    .exitOverride()
    .parseAsync(args, { from: 'user' })
    .then(
      () => undefined,
      (reason) => reason,
    );
  spy.mockRestore();
  return { text: lines.join(''), error };
}

describe('handfirst models', () => {
  it('lists a bundle in a line, with what it needs', async () => {
    const listed = await listBundles(path.dirname(TINY));
    const text = formatBundles(listed.filter(({ folder }) => folder === TINY));
    expect(text).toMatch(/^bundle {2}1 {2}32 px, hands 16 px {2}0\.0 MB float32 {2}Apache-2\.0 /);
    expect(formatBundles([])).toContain('No model bundle');
  });

  it('checks a whole bundle', async () => {
    const { text, error } = await printed('check', TINY, '--device', 'cpu');
    expect(error).toBeUndefined();
    expect(text).toBe('cpu works.\nThe bundle "tiny" is whole.\n');
  });

  it('prints each problem and fails with the exit code of a bad bundle', async () => {
    const folder = await copyOfTiny();
    await editManifest(folder, (text) => text.replace('"output": "picture"', '"output": "image"'));
    const { text, error } = await printed('check', folder, '--device', 'cpu');
    expect(text).toMatch(/hand-decoder\.onnx does not fit the manifest: it has no output "image"/);
    expect(text).toMatch(/cannot be used\.\n$/);
    expect(error).toMatchObject({ exitCode: 4 });
  });

  it('prints the words a prompt may use, synonyms too', async () => {
    const { text } = await printed('words', TINY);
    expect(text).toBe('garment colour: crimson, red\nhair colour: light brown\nskin: light brown\n');
    expect(formatTopics('sd15', {})).toBe('The bundle "sd15" takes prompts in any words.');
  });

  it('fails with a sentence for a bundle that is not there', async () => {
    const { error } = await printed('check', 'no-such-bundle');
    expect(error).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('There is no model bundle'),
    });
  });
});
