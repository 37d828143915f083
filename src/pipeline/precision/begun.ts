import { begunWith, type VideoMetadataInput } from '../../video/index.js';
import { PRECISIONS, type Precision } from './precisions.js';

/** The precision that an unfinished run to `output` was begun with; undefined where there is none. */
export async function begunPrecision(output: string): Promise<Precision | undefined> {
  const said = await begunWith(output, 'precision');
  return PRECISIONS.find((precision) => said === JSON.stringify(precision));
}

/** The precision that a video says it is drawn in. */
export function precisionOf({ options }: Pick<VideoMetadataInput, 'options'>): Precision | undefined {
  return PRECISIONS.find((precision) => options?.precision === precision);
}
