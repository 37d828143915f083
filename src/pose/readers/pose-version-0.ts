import { counted } from '../../counted.js';
import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import type { PoseHeader } from './pose-header.js';
import { type PointMap, readPerson } from './pose-points.js';
import type { RawFrame } from './reader.js';

const CHUNK = 1024 * 1024;

/** Reads a source from one place on, a chunk ahead. */
class Reading {
  private chunk: Buffer = Buffer.alloc(0);
  private at = 0;

  constructor(
    private readonly source: ByteSource,
    private start: number,
  ) {}

  /** Place in the file of the next byte. */
  get offset(): number {
    return this.start + this.at;
  }

  async take(length: number): Promise<Buffer> {
    if (this.at + length > this.chunk.length) {
      this.start += this.at;
      this.at = 0;
      this.chunk = await this.source.read(this.start, Math.max(CHUNK, length));
    }
    if (this.at + length > this.chunk.length) {
      throw new PoseFileError(
        'HF_POSE_CUT_OFF',
        `${this.source.name} is cut off at byte ${this.source.size}; copy it again.`,
        { file: this.source.name },
      );
    }
    this.at += length;
    return this.chunk.subarray(this.at - length, this.at);
  }
}

/** Spreads a person's interleaved numbers into coordinates, `dimensions` a point, and confidences. */
function spread(header: PoseHeader, bytes: Buffer): RawPerson {
  const numbers = new Float32Array(header.pointCount * header.dimensions);
  const confidence = new Float32Array(header.pointCount);
  let at = 0;
  let point = 0;
  for (const component of header.components) {
    const size = component.format.length;
    for (let index = 0; index < component.points.length; index += 1) {
      for (let number = 0; number < size - 1; number += 1) {
        numbers[point * header.dimensions + number] = bytes.readFloatLE(at + number * 4);
      }
      confidence[point] = bytes.readFloatLE(at + (size - 1) * 4);
      at += size * 4;
      point += 1;
    }
  }
  return { numbers, confidence };
}

/** Numbers of one person in one frame. */
export interface RawPerson {
  /** `Float32Array` [points, dimensions]. */
  readonly numbers: Float32Array;
  /** `Float32Array` [points]. */
  readonly confidence: Float32Array;
}

/**
 * Body of version 0.0: frames per second and frame count (both 16 bits), then frame by frame the people in it, each with an id and
 * its numbers. A count that overflowed is completed from the file's length.
 */
export async function rawFrames0(
  source: ByteSource,
  header: PoseHeader,
): Promise<{ fps: number; frames: () => AsyncGenerator<RawPerson[]> }> {
  const counts = await source.read(header.length, 4);
  if (counts.length < 4) {
    throw new PoseFileError(
      'HF_POSE_CUT_OFF',
      `${source.name} ends after its header, at byte ${source.size}; write or copy the file again.`,
      { file: source.name },
    );
  }
  const stated = counts.readUInt16LE(2);
  const personBytes = header.components.reduce(
    (sum, { points, format }) => sum + points.length * format.length * 4,
    0,
  );

  async function* frames(): AsyncGenerator<RawPerson[]> {
    const reading = new Reading(source, header.length + 4);
    const overflowed = () => stated > 0 && reading.offset < source.size;
    for (let frame = 0; frame < stated || overflowed(); frame += 1) {
      const count = (await reading.take(2)).readUInt16LE(0);
      if (count * personBytes > source.size) {
        throw new PoseFileError(
          'HF_POSE_DAMAGED',
          `${source.name}, frame ${frame}, says ${counted(count, 'person', 'people')} at byte ${reading.offset - 2}, more than the file holds.`,
          { file: source.name, frame },
        );
      }
      const people: RawPerson[] = [];
      for (let person = 0; person < count; person += 1) {
        await reading.take(2);
        people.push(spread(header, await reading.take(personBytes)));
      }
      yield people;
    }
  }
  return { fps: counts.readUInt16LE(0), frames };
}

/** The same as frames of the 133 points. */
export async function readVersion0(
  source: ByteSource,
  header: PoseHeader,
  map: PointMap,
): Promise<{ fps: number; frames: () => AsyncGenerator<RawFrame> }> {
  const { fps, frames: raw } = await rawFrames0(source, header);
  async function* frames(): AsyncGenerator<RawFrame> {
    for await (const people of raw()) {
      yield {
        people: people.map(({ numbers, confidence }) =>
          readPerson(map, header.dimensions, numbers, 0, confidence, 0),
        ),
      };
    }
  }
  return { fps, frames };
}
