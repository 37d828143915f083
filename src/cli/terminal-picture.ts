import sharp from 'sharp';
import { createSupportsTerminalGraphics } from 'supports-terminal-graphics';
import type { Picture } from '../picture.js';

/** How a terminal is sent pictures. */
export type PictureProtocol = 'kitty' | 'iterm2' | 'sixel';

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>;

/** Rows of text that the picture takes. */
const ROWS = 8;
/** Rows below which a terminal has no room for it. */
const LEAST_ROWS = 16;
/** Pixels of a row at least, by which sixels are sized: they cannot be sized in rows. */
const ROW_PIXELS = 12;
const PNG_HEIGHT = 192;
/** Time between two pictures. */
const PAUSE_MS = 1000;
/** By which the picture is replaced and removed (kitty). */
const IMAGE = 8133;

/** How pictures reach this terminal; undefined for pipes, and where nothing says that it shows any. */
export function pictureProtocol(stream: NodeJS.WriteStream): PictureProtocol | undefined {
  const { TMUX, STY, TERM = '', CI } = process.env;
  // Programs in between keep the pictures to themselves, and logs have no eyes.
  if (!stream.isTTY || TMUX || STY || CI || TERM === 'dumb') return undefined;
  const { kitty, iterm2, sixel } = createSupportsTerminalGraphics(stream);
  if (kitty) return 'kitty';
  if (iterm2) return 'iterm2';
  return sixel || /^(foot|contour)/.test(TERM) ? 'sixel' : undefined;
}

/** A small picture above the line of progress, which is replaced once a second. */
export class PictureArea {
  private open = false;
  private busy = false;
  private closed = false;
  private last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly terminal: Terminal,
    private readonly protocol: PictureProtocol,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Shows the picture, unless the one before was shown just now. The cursor stays on the line below. `before`: clears that line. */
  async show(picture: Picture, before: () => void = () => undefined): Promise<void> {
    const { rows = 0, columns = 0 } = this.terminal;
    const cells = Math.round((2 * ROWS * picture.width) / picture.height);
    if (this.busy || this.closed || rows < LEAST_ROWS || columns <= cells) return;
    if (this.now() - this.last < PAUSE_MS) return;
    this.busy = true;
    this.last = this.now();
    try {
      const image = await encode(picture, this.protocol, cells);
      if (this.closed) return;
      before();
      if (!this.open) this.terminal.write('\n'.repeat(ROWS));
      this.open = true;
      this.terminal.write(`\x1b7\x1b[${ROWS}A\r${image}\x1b8`);
    } finally {
      this.busy = false;
    }
  }

  /** Removes the picture and its rows; the next `show` begins a new one. */
  clear(): void {
    if (!this.open) return;
    this.open = false;
    this.last = Number.NEGATIVE_INFINITY;
    const remove = this.protocol === 'kitty' ? `\x1b_Ga=d,d=I,i=${IMAGE},q=2\x1b\\` : '';
    this.terminal.write(`${remove}\r\x1b[${ROWS}A\x1b[J`);
  }

  /** Removes the picture for good. */
  close(): void {
    this.clear();
    this.closed = true;
  }
}

/** The picture as what a terminal is sent, `cells` wide and `ROWS` high. */
async function encode(picture: Picture, protocol: PictureProtocol, cells: number): Promise<string> {
  const { width, height, channels, data } = picture;
  const image = sharp(data, { raw: { width, height, channels } });
  if (protocol === 'sixel') {
    const { image2sixel } = await import('sixel');
    const { data: pixels, info } = await image
      .resize({ height: ROWS * ROW_PIXELS })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return image2sixel(new Uint8Array(pixels), info.width, info.height, 64, 1);
  }
  const bytes = await image.resize({ height: PNG_HEIGHT }).png().toBuffer();
  const png = bytes.toString('base64');
  // iTerm2 can do without the size; the terminal of VS Code cannot.
  if (protocol === 'iterm2')
    return `\x1b]1337;File=inline=1;size=${bytes.length};width=${cells};height=${ROWS};preserveAspectRatio=1;doNotMoveCursor=1:${png}\x07`;
  return kitty(png, cells);
}

/** Kitty takes at most 4,096 letters at a time. `q=2`: it sends no answer, `C=1`: the cursor stays. */
function kitty(png: string, cells: number): string {
  const parts = png.match(/.{1,4096}/g) ?? [];
  const first = `a=T,f=100,i=${IMAGE},p=1,c=${cells},r=${ROWS},C=1,q=2,`;
  const chunks = parts.map(
    (part, at) => `\x1b_G${at === 0 ? first : ''}m=${at < parts.length - 1 ? 1 : 0};${part}\x1b\\`,
  );
  return chunks.join('');
}
