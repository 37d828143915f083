import { PoseFileError } from '../../errors.js';
import type { ByteSource } from '../byte-source.js';
import { floats, readPoseBody } from '../readers/pose-file.js';
import { type PoseHeader, readPoseHeader } from '../readers/pose-header.js';
import { rawFrames0 } from '../readers/pose-version-0.js';
import { openPoseBody } from './pose-writer.js';
import { openSafeFile } from './safe-file.js';

/** One frame's numbers as versions 0.1 and 0.2 keep them. */
interface Numbers {
  /** [people, points, dimensions] */
  readonly data: Float32Array;
  /** [people, points] */
  readonly confidence: Float32Array;
}

/**
 * Writes a `.pose` file of any version as version 0.2 with every component, person, point, limb and colour it has: nothing is mapped to
 * the 133. Of version 0.0 every frame gets as many people as the fullest has, the missing ones all zeros. Gives the number of frames.
 */
export async function copyPose(source: ByteSource, path: string, force: boolean): Promise<number> {
  const header = await readPoseHeader(source);
  const bytes = await source.read(0, header.length);
  bytes.writeFloatLE(0.2, 0);
  const { fps, people, frames } =
    header.version === 0 ? await version0(source, header) : await later(source, header);
  const file = await openSafeFile(path, force);
  const body = await openPoseBody(file, bytes, fps, people);
  let count = 0;
  try {
    for await (const { data, confidence } of frames()) {
      await body.frame(data, confidence);
      count += 1;
    }
    if (count === 0)
      throw new PoseFileError('HF_POSE_NO_FRAMES', `${source.name} holds no frames.`, { file: source.name });
    await body.finish();
  } catch (error) {
    await body.abort();
    throw error;
  }
  return count;
}

interface Contents {
  readonly fps: number;
  readonly people: number;
  frames(): AsyncGenerator<Numbers>;
}

async function later(source: ByteSource, header: PoseHeader): Promise<Contents> {
  const body = await readPoseBody(source, header);
  const confidences = body.people * header.pointCount;
  const numbers = confidences * header.dimensions;
  async function* frames(): AsyncGenerator<Numbers> {
    for (let frame = 0; frame < body.frames; frame += 1) {
      yield {
        data: await floats(source, body.dataStart + frame * numbers * 4, numbers),
        confidence: await floats(source, body.confidenceStart + frame * confidences * 4, confidences),
      };
    }
  }
  return { fps: body.fps, people: body.people, frames };
}

async function version0(source: ByteSource, header: PoseHeader): Promise<Contents> {
  const { fps, frames: raw } = await rawFrames0(source, header);
  let people = 1;
  for await (const list of raw()) people = Math.max(people, list.length);
  async function* frames(): AsyncGenerator<Numbers> {
    for await (const list of raw()) {
      const data = new Float32Array(people * header.pointCount * header.dimensions);
      const confidence = new Float32Array(people * header.pointCount);
      list.forEach((person, index) => {
        data.set(person.numbers, index * header.pointCount * header.dimensions);
        confidence.set(person.confidence, index * header.pointCount);
      });
      yield { data, confidence };
    }
  }
  return { fps, people, frames };
}
