import type { Picture } from '../../picture.js';
import type { Reference } from './reference.js';

/** The reference before another plate, of the same size. */
export function onOtherPlate(reference: Reference, plate: Picture): Reference {
  return { ...reference, picture: overPlate(reference, plate), plate };
}

/** A plate goes on below as its last row. */
function levelAt({ width, height, data }: Picture, at: number): number {
  const row = 3 * width;
  return data[at < height * row ? at : (height - 1) * row + (at % row)] ?? 0;
}

/** A reference's picture before another plate: what the old one gave to each pixel is exchanged, also at soft edges. */
export function overPlate(
  { picture, person, plate: before }: Pick<Reference, 'picture' | 'person' | 'plate'>,
  after: Picture,
): Picture {
  const data = Uint8ClampedArray.from(picture.data, (value, at) => {
    const behind = 1 - (person[Math.floor(at / 3)] ?? 0);
    return value + behind * (levelAt(after, at) - levelAt(before, at));
  });
  return { ...picture, data: Uint8Array.from(data) };
}
