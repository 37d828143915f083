import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { UsageError } from '../errors.js';
import type { UnknownWord } from '../models/word-tokenizer.js';
import type { Picture } from '../picture.js';
import { openBackdrop, plateOf } from '../pipeline/backdrop.js';
import { type ChosenReference, chooseReference } from '../pipeline/choose-reference.js';
import type { Engine } from '../pipeline/index.js';
import { readSquare } from '../pipeline/read-picture.js';
import { readPrompt } from '../signers/index.js';
import type { Reference } from '../stages/reference/reference.js';
import type { LookRequest, LookState } from './protocol.js';
import { backgroundOf } from './run.js';
import { inWords } from './sentence.js';
import type { Workspace } from './workspace.js';

/** Side of the pictures, pixels: a quarter of the work of those that are drawn. */
const SIZE = 256;
/** Pictures that are kept, the oldest goes first. */
const KEPT = 40;

/** Who would be shown, before anything is drawn. */
export class Looks {
  private readonly pictures = new Map<string, Buffer>();
  /** Photographs in which a person has been looked for, by file. */
  private readonly photographs = new Map<string, Promise<ChosenReference>>();

  constructor(
    private readonly engine: Engine,
    private readonly workspace: Workspace,
  ) {}

  /** What the words mean, and a picture of the signer before the background. Throws `UsageError` for pictures that cannot be used. */
  async of(request: LookRequest): Promise<LookState> {
    const notes: string[] = [];
    const unknown = request.reference === undefined ? this.unknownWords(request.prompt) : [];
    const chosen = await this.choose(request, (sentence) => notes.push(inWords(sentence)));
    if (!chosen) return { unknown, notes };
    const { reference, name } = chosen;
    const picture = await this.keep(await this.before(request, reference));
    return { unknown, notes, picture, ...(name === undefined ? {} : { signer: name }) };
  }

  /** WebP of a look. */
  picture(id: string): Buffer {
    const bytes = this.pictures.get(id);
    if (bytes) return bytes;
    throw new UsageError('HF_PREVIEW_GONE', 'That picture is not here any more: reload the page.');
  }

  /** A small WebP of a signer of the gallery. */
  async signer(name: string): Promise<Buffer> {
    const { gallery } = this.engine;
    const signer = gallery?.signers.find((one) => one.name === name);
    if (gallery && signer) return small(join(gallery.folder, signer.picture));
    throw new UsageError('HF_SIGNER_UNKNOWN', `There is no signer "${name}" in the gallery.`, {
      field: 'signer',
    });
  }

  /** A small WebP of a stored picture. */
  async thumbnail(id: string): Promise<Buffer> {
    const { path, name } = this.workspace.file(id);
    try {
      return await small(path);
    } catch {
      throw new UsageError(
        'HF_PICTURE_UNREADABLE',
        `The picture ${name} cannot be read: give a PNG, JPEG or WebP picture.`,
        { file: name },
      );
    }
  }

  private unknownWords(prompt: string): readonly UnknownWord[] {
    const { tokenizer, gallery } = this.engine;
    if (tokenizer) return tokenizer.encode(prompt).unknown;
    return gallery ? readPrompt(prompt).unknown : [];
  }

  private choose(
    { prompt, signer, reference }: LookRequest,
    warn: (sentence: string) => void,
  ): Promise<ChosenReference | undefined> {
    const { bundle, gallery } = this.engine;
    const parts = { bundle: bundle.manifest.name, gallery, size: SIZE, prompt, warn };
    if (reference !== undefined) return this.photographed(reference, parts);
    if (!gallery) return Promise.resolve(undefined);
    // Unknown words are marked where they are typed.
    const look = { allowUnknownWords: true, ...(signer === undefined ? {} : { signer }) };
    return chooseReference({ ...parts, warn: (said) => !/does not know/.test(said) && warn(said) }, look);
  }

  private photographed(id: string, parts: Parameters<typeof chooseReference>[0]): Promise<ChosenReference> {
    const { path } = this.workspace.file(id);
    const known = this.photographs.get(id) ?? chooseReference({ ...parts, prompt: '' }, { reference: path });
    this.photographs.set(id, known);
    return known;
  }

  /** The signer before the background that is asked for: RGBA where that is transparent. */
  private async before(
    { background, backgroundPicture }: LookRequest,
    { size, picture, plate, person }: Reference,
  ): Promise<Picture> {
    const file = background === 'picture' && backgroundPicture ? backgroundPicture : undefined;
    const backdrop =
      file === undefined
        ? await openBackdrop(backgroundOf(background, undefined), this.engine.bundle.manifest)
        : await readSquare(this.workspace.file(file).path, 'background', size);
    const behind = plateOf(backdrop, size);
    const clear = backdrop === 'transparent';
    const channels = clear ? 4 : 3;
    const data = new Uint8Array(size * size * channels);
    for (let i = 0; i < size * size; i++) {
      const share = person[i] ?? 0;
      for (let c = 0; c < 3; c++) {
        const own = picture.data[i * 3 + c] ?? 0;
        const moved = behind ? (behind.data[i * 3 + c] ?? 0) - (plate.data[i * 3 + c] ?? 0) : 0;
        data[i * channels + c] = Math.min(255, Math.max(0, Math.round(own + (1 - share) * moved)));
      }
      if (clear) data[i * 4 + 3] = Math.round(255 * share);
    }
    return { width: size, height: size, channels, data };
  }

  private async keep({ width, height, channels, data }: Picture): Promise<string> {
    const raw = sharp(data, { raw: { width, height, channels } });
    const bytes = await raw.webp({ quality: 85, effort: 1 }).toBuffer();
    const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    this.pictures.set(id, bytes);
    for (const old of [...this.pictures.keys()].slice(0, Math.max(0, this.pictures.size - KEPT)))
      this.pictures.delete(old);
    return id;
  }
}

/** The upper square of a picture, where heads are. */
function small(path: string): Promise<Buffer> {
  const square = { width: 192, height: 192, fit: 'cover', position: 'top' } as const;
  return sharp(path).autoOrient().resize(square).webp().toBuffer();
}
