import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { PictureArea, type PictureProtocol } from '../../src/cli/terminal-picture.js';
import type { Picture } from '../../src/picture.js';

const RED: Picture = {
  width: 64,
  height: 64,
  channels: 3,
  data: new Uint8Array(64 * 64 * 3).map((_, at) => (at % 3 === 0 ? 200 : 0)),
};

/** What a terminal of 40 rows is sent. */
function area(protocol: PictureProtocol, { rows = 40, columns = 80 } = {}) {
  let sent = '';
  let now = 0;
  const terminal = {
    isTTY: true,
    rows,
    columns,
    write(text: string | Uint8Array) {
      sent += String(text);
      return true;
    },
  };
  const shown = new PictureArea(terminal, protocol, () => now);
  return {
    shown,
    pass(ms: number) {
      now += ms;
    },
    /** With escapes that can be read. */
    sent: () => sent.replaceAll('\x1b', '<ESC>'),
  };
}

describe('the picture above the line of progress', () => {
  it('is a PNG in chunks for kitty, and is removed by its number', async () => {
    const { shown, sent } = area('kitty');
    await shown.show(RED);
    expect(sent()).toMatch(/^\n{8}<ESC>7<ESC>\[8A\r<ESC>_Ga=T,f=100,i=8133,p=1,c=16,r=8,C=1,q=2,m=0;/);
    const payload = [...sent().matchAll(/<ESC>_G[^;]*;([^<]*)<ESC>\\/g)].map(([, part]) => part).join('');
    const { dominant } = await sharp(Buffer.from(payload, 'base64')).stats();
    expect(dominant.r).toBeGreaterThan(190);
    shown.close();
    expect(sent()).toMatch(/<ESC>_Ga=d,d=I,i=8133,q=2<ESC>\\\r<ESC>\[8A<ESC>\[J$/);
  });

  it('is an inline file for iTerm2 and sixels elsewhere', async () => {
    const inline = area('iterm2');
    await inline.shown.show(RED);
    expect(inline.sent()).toMatch(/<ESC>\]1337;File=inline=1;size=\d+;width=16;height=8;/);
    const sixels = area('sixel');
    await sixels.shown.show(RED);
    expect(sixels.sent()).toMatch(/<ESC>P0;1;.*q"1;1;96;96/);
  });

  it('changes once a second, and not at all after the end or without room', async () => {
    const { shown, sent, pass } = area('kitty');
    await shown.show(RED);
    const once = sent().length;
    pass(500);
    await shown.show(RED);
    expect(sent().length).toBe(once);
    pass(600);
    await shown.show(RED);
    expect(sent().length).toBeGreaterThan(once);
    shown.close();
    const end = sent().length;
    pass(5000);
    await shown.show(RED);
    expect(sent().length).toBe(end);
    for (const size of [{ rows: 10 }, { columns: 12 }]) {
      const small = area('kitty', size);
      await small.shown.show(RED);
      expect(small.sent()).toBe('');
    }
  });
});
