import { COMPILED } from './compiled.js';

/*
 * The loops over pixels that took most of a frame's time outside of the networks: parts laid over the carried picture, the decoder's end, strokes on
 * condition channels, and hands laid on the canvas. They are in WebAssembly with SIMD (`assembly/`). Laying and mixing take a third to a quarter of
 * JavaScript's time there, and of that of ONNX Runtime's grid sampling. What they compute is the same on every machine.
 */

/** The compiled functions; lengths in bytes, addresses in the kernels' memory. `assembly/` says what each does. */
export interface Functions {
  onSheet(at: number, width: number, left: number, top: number): void;
  takePart(at: number, width: number, height: number, left: number, top: number, last: number): void;
  layAffine(...numbers: number[]): void;
  layShifted(...numbers: number[]): void;
  layBone(...numbers: number[]): void;
  spread(sheet: number, pixels: number, planes: number): void;
  halve(from: number, width: number, rows: number, to: number): void;
  mix(...numbers: number[]): void;
  stroke(...numbers: number[]): void;
  gaussian(...numbers: number[]): void;
  bone(...numbers: number[]): void;
  clearHands(...numbers: number[]): void;
  cutOut(...numbers: number[]): void;
  layHand(...numbers: number[]): void;
  resampleLines(...numbers: number[]): void;
}

const NAMES = [
  'onSheet',
  'takePart',
  'layAffine',
  'layShifted',
  'layBone',
  'spread',
  'halve',
  'mix',
  'stroke',
  'gaussian',
  'bone',
  'clearHands',
  'cutOut',
  'layHand',
  'resampleLines',
] as const;

const PAGE = 65536;
/** Registers of 16 bytes may be read and written past a block's end. */
const ROOM = 64;

let compiled: WebAssembly.Module | undefined;

/** Bytes of the kernels' memory, by place. */
export interface Block {
  readonly at: number;
  readonly bytes: number;
}

/** Says which blocks there are before the memory is made, since it cannot grow while there are views of it. */
export class KernelLayout {
  private end = PAGE;

  block(bytes: number): Block {
    const at = this.end;
    this.end = Math.ceil((at + bytes + ROOM) / 16) * 16;
    return { at, bytes };
  }

  floats(length: number): Block {
    return this.block(4 * length);
  }

  /** The functions on a memory of their own, all zeros. */
  open(): Kernels {
    return new Kernels(Math.ceil(this.end / PAGE));
  }
}

/** The functions, and the memory that they work on. */
export class Kernels {
  readonly call: Functions;
  private readonly memory: WebAssembly.Memory;

  constructor(pages: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(COMPILED, 'base64'));
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: this.memory } });
    if (!hasFunctions(exports)) throw new Error('the compiled kernels lack a function: build them again');
    this.call = exports;
  }

  integers({ at, bytes }: Block): Int32Array {
    return new Int32Array(this.memory.buffer, at, bytes / 4);
  }

  floats({ at, bytes }: Block): Float32Array {
    return new Float32Array(this.memory.buffer, at, bytes / 4);
  }

  doubles({ at, bytes }: Block): Float64Array {
    return new Float64Array(this.memory.buffer, at, bytes / 8);
  }

  bytes({ at, bytes }: Block): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, bytes);
  }
}

const owners = new WeakMap<ArrayBufferLike, Kernels>();

/** Floats, all zero, in memory that the kernels work on. */
export function kernelFloats(length: number): Float32Array {
  const layout = new KernelLayout();
  const block = layout.floats(length);
  const kernels = layout.open();
  const floats = kernels.floats(block);
  owners.set(floats.buffer, kernels);
  return floats;
}

/** The functions on the memory of `floats`, which `kernelFloats` made, and their address there. */
export function kernelsOf(floats: Float32Array): { readonly call: Functions; readonly at: number } {
  const kernels = owners.get(floats.buffer);
  if (!kernels) throw new Error('these floats do not lie in the memory of the kernels');
  return { call: kernels.call, at: floats.byteOffset };
}

/** Whether `kernelFloats` made them. */
export function areKernelFloats(floats: Float32Array): boolean {
  return owners.has(floats.buffer);
}

function hasFunctions(exports: object): exports is Functions {
  return NAMES.every((name) => typeof Reflect.get(exports, name) === 'function');
}
