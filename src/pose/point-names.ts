import { FACE_FROM_MESH } from './point-maps.js';
import { PARTS } from './pose-frame.js';

/** Parts that a component of a keypoint file can stand for. */
export type ComponentRole = 'body' | 'face' | 'leftHand' | 'rightHand' | 'all';

/**
 * What a component holds, by its name; undefined for components that are no picture points (world coordinates in metres) or are
 * unknown. Known are Holistic's, OpenPose's, COCO-WholeBody's and AlphaPose's names.
 */
export function componentRole(name: string): ComponentRole | undefined {
  const plain = name.toUpperCase();
  if (plain.includes('WORLD')) return undefined;
  if (/^BODY_135$/.test(plain)) return 'all';
  if (/HAND/.test(plain)) {
    if (plain.includes('LEFT')) return 'leftHand';
    return plain.includes('RIGHT') ? 'rightHand' : undefined;
  }
  if (/FACE/.test(plain)) return 'face';
  return /^(BODY|POSE)/.test(plain) ? 'body' : undefined;
}

const BODY_ORDER = [
  'NOSE',
  'LEYE',
  'REYE',
  'LEAR',
  'REAR',
  'LSHOULDER',
  'RSHOULDER',
  'LELBOW',
  'RELBOW',
  'LWRIST',
  'RWRIST',
  'LHIP',
  'RHIP',
  'LKNEE',
  'RKNEE',
  'LANKLE',
  'RANKLE',
  'LBIGTOE',
  'LSMALLTOE',
  'LHEEL',
  'RBIGTOE',
  'RSMALLTOE',
  'RHEEL',
];
const FINGERS = ['THUMB', 'INDEX', 'MIDDLE', 'RING', 'PINKY'];

/** Name without case, separators and with LEFT/RIGHT as L/R. */
function plainName(name: string): string {
  return name
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .replace(/^LEFT/, 'L')
    .replace(/^RIGHT/, 'R');
}

function bodyPoints(name: string): number[] {
  const plain = plainName(name);
  // MediaPipe knows one toe a foot: it stands for both.
  if (plain === 'LFOOTINDEX') return [17, 18];
  if (plain === 'RFOOTINDEX') return [20, 21];
  const index = BODY_ORDER.indexOf(plain);
  return index < 0 ? [] : [index];
}

/** First of the 68 face points of each named series of BODY_135; REYEBROW counts outward in, LEYEBROW in outward. */
const FACE_SERIES: Readonly<Record<string, readonly number[]>> = {
  FACECONTOUR: series(0, 17),
  REYEBROW: series(17, 5),
  LEYEBROW: series(22, 5).reverse(),
  NOSEUPPER: series(27, 4),
  NOSELOWER: series(31, 5),
  REYE: series(36, 6),
  LEYE: series(42, 6),
  OMOUTH: series(48, 12),
  IMOUTH: series(60, 8),
};

/** Face points among the 133 of each mesh point: some mesh points stand for two. */
const FACE_OF_MESH = new Map<number, number[]>();
FACE_FROM_MESH.forEach((mesh, index) => {
  FACE_OF_MESH.set(mesh, [...(FACE_OF_MESH.get(mesh) ?? []), PARTS.face.start + index]);
});

function series(start: number, length: number): number[] {
  return Array.from({ length }, (_, index) => start + index);
}

function facePoints(name: string): number[] {
  if (/^\d+$/.test(name)) return FACE_OF_MESH.get(Number(name)) ?? [];
  // `face-0`, `face_0` and OpenPose's FB_0, FEB_17, FN_27, FE_36, FLO_48, FLI_60; its pupils FP_68, FP_69 have no place.
  const numbered = /^(?:face[-_]|F[A-Z]{1,2}_)(\d+)$/.exec(name);
  const named = /^([A-Za-z]+)(\d+)$/.exec(name);
  const index = numbered
    ? Number(numbered[1])
    : named
      ? FACE_SERIES[(named[1] ?? '').toUpperCase()]?.[Number(named[2])]
      : undefined;
  return index !== undefined && index < PARTS.face.length ? [PARTS.face.start + index] : [];
}

/** Place 0..20 of a hand point, or undefined. */
function handIndex(name: string): number | undefined {
  const plain = name.toUpperCase();
  const numbered = /^(?:LEFT_|RIGHT_)?HAND_(\d+)$/.exec(plain);
  if (numbered) return Number(numbered[1]) < 21 ? Number(numbered[1]) : undefined;
  if (plain === 'WRIST' || plain === 'BASE') return 0;
  // OpenPose counts the joints of a finger from the wrist under other names than MediaPipe, in the same order.
  const openpose = /^([TIMRP])_(STT|BCMC|CMC|MCP|PIP|DIP|IP)$/.exec(plain);
  if (openpose) {
    const joints = openpose[1] === 'T' ? ['STT', 'BCMC', 'MCP', 'IP'] : ['CMC', 'MCP', 'PIP', 'DIP'];
    const joint = joints.indexOf(openpose[2] ?? '');
    return joint < 0 ? undefined : 'TIMRP'.indexOf(openpose[1] ?? '') * 4 + joint + 1;
  }
  const mediapipe = /^(THUMB|INDEX|MIDDLE|RING|PINKY)(?:_FINGER)?_(CMC|MCP|PIP|DIP|IP|TIP)$/.exec(plain);
  if (!mediapipe) return undefined;
  const joints = mediapipe[1] === 'THUMB' ? ['CMC', 'MCP', 'IP', 'TIP'] : ['MCP', 'PIP', 'DIP', 'TIP'];
  const joint = joints.indexOf(mediapipe[2] ?? '');
  return joint < 0 ? undefined : FINGERS.indexOf(mediapipe[1] ?? '') * 4 + joint + 1;
}

/** BODY_135 holds fingers beside the body: `LThumb1CMC` .. `LPinky4FingerTip`. */
function fingerOfBody135(name: string): number[] {
  const match = /^([LR])(Thumb|Index|Middle|Ring|Pinky)([1-4])/.exec(name);
  if (!match) return [];
  const start = match[1] === 'L' ? PARTS.leftHand.start : PARTS.rightHand.start;
  return [start + FINGERS.indexOf((match[2] ?? '').toUpperCase()) * 4 + Number(match[3])];
}

/**
 * Places among the 133 that point `name` of a component with this role fills: none for points COCO-WholeBody does not know
 * (neck, mid hip, pupils), two for MediaPipe's toes and BODY_135's wrists (body and hand).
 */
export function pointTargets(role: ComponentRole, name: string): number[] {
  if (role === 'body') return bodyPoints(name);
  if (role === 'face') return facePoints(name);
  if (role === 'all') {
    const body = bodyPoints(name);
    const wrist = body[0] === 9 ? [PARTS.leftHand.start] : body[0] === 10 ? [PARTS.rightHand.start] : [];
    return [...body, ...wrist, ...fingerOfBody135(name), ...facePoints(name)];
  }
  const index = handIndex(name);
  return index === undefined ? [] : [PARTS[role].start + index];
}
