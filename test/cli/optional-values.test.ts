import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { withOptionalValues } from '../../src/cli/optional-values.js';

const here = fileURLToPath(import.meta.url);

describe('flags whose value may be left out', () => {
  it('do not take the keypoint file for it', () => {
    const line = (text: string) => withOptionalValues(text.split(' ')).join(' ');
    expect(line('handfirst --captions a.pose')).toBe('handfirst --captions= a.pose');
    expect(line('handfirst --captions a.VTT a.pose')).toBe('handfirst --captions a.VTT a.pose');
    expect(line('handfirst a.pose --contact-sheet --captions')).toBe(
      'handfirst a.pose --contact-sheet= --captions=',
    );
    expect(line('handfirst -- --captions')).toBe('handfirst -- --captions');
  });

  it.each([
    ['hello.pose --contact-sheet sheet.bmp', 'sheet.bmp does not fit --contact-sheet: end it in .png'],
    ['--captions hello.txt hello.pose', 'hello.txt does not fit --captions: end it in .vtt or .srt.'],
    // A file that exists is the file, whatever flag it is behind.
    [`--captions ${here} hello.txt`, `generate takes 1 argument and got 2: ${here}, hello.txt.`],
    ['generate a.pose b.pose', 'generate takes 1 argument and got 2: a.pose, b.pose.'],
    ['models list compact', 'list takes no argument and got 1: compact.'],
  ])('are named where their ending is wrong: %s', async (line, sentence) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => {
      write.mockRestore();
      process.exitCode = undefined;
    });
    await main(['node', 'handfirst', ...line.split(' ')]);
    expect(process.exitCode).toBe(2);
    expect(write.mock.calls.join('')).toContain(`handfirst: ${sentence}`);
  });
});
