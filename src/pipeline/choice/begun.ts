import { begunWith, type VideoMetadataInput } from '../../video/index.js';
import { PRECISIONS, type Precision } from './precisions.js';

/** What was chosen by measuring and changes bytes: a run keeps it to its end, whoever draws it. */
export interface Begun {
  readonly precision?: Precision;
  /** Threads within a graph: ONNX Runtime divides some sums among them. Absent on a graphics processor. */
  readonly graphThreads?: number;
}

/** What an unfinished run to `output` was begun with; nothing where there is none. */
export async function begunOf(output: string): Promise<Begun> {
  const said = async (option: string): Promise<unknown> =>
    JSON.parse((await begunWith(output, option)) ?? 'null');
  return chosen({ precision: await said('precision'), graphThreads: await said('graphThreads') });
}

/** What a video says it is drawn with. */
export function begunIn({ options }: Pick<VideoMetadataInput, 'options'>): Begun {
  return chosen(options ?? {});
}

function chosen(options: { readonly precision?: unknown; readonly graphThreads?: unknown }): Begun {
  const precision = PRECISIONS.find((one) => one === options.precision);
  const { graphThreads } = options;
  return {
    ...(precision ? { precision } : {}),
    ...(typeof graphThreads === 'number' ? { graphThreads } : {}),
  };
}
