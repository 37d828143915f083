/** Writes `.pose` files by hand, number for number as the format page lists them, for tests. */

export interface TestComponent {
  readonly name: string;
  readonly format: string;
  readonly points: readonly string[];
}

/** Two shoulders and one hand's wrist: the smallest useful file. */
export const SMALL: readonly TestComponent[] = [
  { name: 'POSE_LANDMARKS', format: 'XYZC', points: ['LEFT_SHOULDER', 'RIGHT_SHOULDER'] },
  { name: 'RIGHT_HAND_LANDMARKS', format: 'XYZC', points: ['WRIST'] },
];

function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    bytes.writeUInt16LE(value, index * 2);
  });
  return bytes;
}

function f32(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes;
}

function text(value: string, codePoints: boolean): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u16(codePoints ? [...value].length : bytes.length), bytes]);
}

/** `codePoints`: lengths of names count characters, as one writer has it. */
export function header(
  version: number,
  components: readonly TestComponent[] = SMALL,
  { width = 100, height = 80, codePoints = false } = {},
): Buffer {
  const parts = [f32([version]), u16(width, height, 0, components.length)];
  for (const { name, format, points } of components) {
    parts.push(text(name, codePoints), text(format, codePoints), u16(points.length, 1, 1));
    parts.push(...points.map((point) => text(point, codePoints)), u16(0, points.length - 1), u16(255, 0, 0));
  }
  return Buffer.concat(parts);
}

/** Numbers of one person in one frame: for each point its coordinates and confidence. */
export type TestPerson = readonly (readonly number[])[];

/** Version 0.1 or 0.2; every frame has as many people as the first. */
export function bodyOf(version: 0.1 | 0.2, fps: number, frames: readonly (readonly TestPerson[])[]): Buffer {
  const people = frames[0]?.length ?? 1;
  const counts =
    version === 0.1
      ? u16(fps, frames.length % 65536, people)
      : Buffer.concat([f32([fps]), Buffer.from(new Uint32Array([frames.length]).buffer), u16(people)]);
  const points = frames.flat(2);
  return Buffer.concat([
    counts,
    f32(points.flatMap((point) => point.slice(0, -1))),
    f32(points.map((point) => point.at(-1) ?? 0)),
  ]);
}

/** Version 0.0: people vary from frame to frame, each with an id. */
export function body0(fps: number, frames: readonly (readonly TestPerson[])[]): Buffer {
  const parts = [u16(fps, frames.length % 65536)];
  for (const people of frames) {
    parts.push(u16(people.length));
    people.forEach((person, id) => {
      parts.push(u16(id), f32(person.flat()));
    });
  }
  return Buffer.concat(parts);
}

/** A person of SMALL whose wrist is at x, y. */
export function small(x: number, y: number, confidence = 1): TestPerson {
  return [
    [60, 30, 0.5, 1],
    [40, 30, 0.25, 0.9],
    [x, y, 0, confidence],
  ];
}
