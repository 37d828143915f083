/** The networks of MediaPipe Holistic. The body's comes in three sizes. */
export type ModelName = 'bodyFinder' | 'body' | 'handFinder' | 'hand' | 'faceFinder' | 'face';

/** 0, 1 or 2: MediaPipe's `model_complexity`, the body network's size. */
export type Complexity = 0 | 1 | 2;

/** Runs a network on one picture, `Float32Array` [size, size, 3], and gives its outputs by name. */
export interface Models {
  run(model: ModelName, input: Float32Array): Promise<ReadonlyMap<string, Float32Array>>;
}

/** An output that has to be there. */
export function output(outputs: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const found = outputs.get(name);
  if (!found) throw new Error(`the network gives no ${name}, only ${[...outputs.keys()].join(', ')}`);
  return found;
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
