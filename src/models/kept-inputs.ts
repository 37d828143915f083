import type { Tensor, Tensors } from './tensor.js';

/** An input on its way to the session worker: with its data, to be kept under `key` where there is one, or as the key alone. */
export type SentInput =
  | { readonly tensor: Tensor; readonly key?: number }
  | { readonly key: number; readonly dims: readonly number[] };

/** The inputs of a run as they are posted, and the keys that the worker can let go of first. */
export interface SentInputs {
  readonly inputs: Readonly<Record<string, SentInput>>;
  readonly forget: readonly number[];
}

/** Bytes of constant inputs that the worker keeps at most, beyond those of the run at hand. */
const MOST_BYTES = 32 * 2 ** 20;

/**
 * The main thread's side: sends the data of a constant tensor once. Conditions are the same in every step of a frame and the
 * look in every frame; posting 4.7 MB of conditions costs 2 to 5 ms, which is a tenth of a step.
 */
export class InputKeeper {
  /** Data -> key, least recently used first. */
  private readonly keys = new Map<Tensor['data'], number>();
  private bytes = 0;
  private nextKey = 1;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  send(inputs: Tensors): SentInputs {
    const sent: Record<string, SentInput> = {};
    for (const [name, tensor] of Object.entries(inputs)) sent[name] = this.sendOne(tensor);
    return { inputs: sent, forget: this.evict(new Set(Object.values(inputs).map(({ data }) => data))) };
  }

  private sendOne(tensor: Tensor): SentInput {
    if (!tensor.constant) return { tensor: compacted(tensor) };
    const { data, dims } = tensor;
    const known = this.keys.get(data);
    const key = known ?? this.nextKey++;
    this.keys.delete(data);
    this.keys.set(data, key);
    if (known !== undefined) return { key, dims };
    this.bytes += data.byteLength;
    return { tensor: compacted(tensor), key };
  }

  private evict(inUse: ReadonlySet<Tensor['data']>): number[] {
    const forgotten: number[] = [];
    for (const [data, key] of this.keys) {
      if (this.bytes <= this.mostBytes) break;
      if (inUse.has(data)) continue;
      this.keys.delete(data);
      this.bytes -= data.byteLength;
      forgotten.push(key);
    }
    return forgotten;
  }
}

/** The worker's side. Requests must come in the order in which the keeper made them, none left out. */
export class InputStore {
  private readonly kept = new Map<number, Tensor['data']>();

  receive({ inputs, forget }: SentInputs): Tensors {
    for (const key of forget) this.kept.delete(key);
    return Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [name, this.receiveOne(name, input)]),
    );
  }

  private receiveOne(name: string, input: SentInput): Tensor {
    if ('tensor' in input) {
      if (input.key !== undefined) this.kept.set(input.key, input.tensor.data);
      return input.tensor;
    }
    const data = this.kept.get(input.key);
    if (!data) throw new Error(`its constant input "${name}" is no longer there`);
    return { dims: input.dims, data };
  }
}

/** A view of a larger buffer is copied first, since posting it would copy the whole buffer. */
function compacted({ dims, data }: Tensor): Tensor {
  return { dims, data: data.byteLength === data.buffer.byteLength ? data : data.slice() };
}
