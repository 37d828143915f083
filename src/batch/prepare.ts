import { HandfirstError } from '../errors.js';
import type { Contents } from './content.js';
import { type DoneClip, stateOf, type VideoState } from './done.js';
import { type ClipFailure, clipFailureOf } from './failure.js';
import type { ClipOptions } from './items.js';
import { type BundleId, type ClipOrder, orderOf } from './order.js';
import type { Store } from './store.js';

/** A clip that can be given, or why it cannot. */
export type Prepared = { order: ClipOrder; state: VideoState; done?: DoneClip } | { failure: ClipFailure };

/** The order, and how the clip's video stands; what is wrong with its files is a failure of the clip. */
export async function prepare(
  item: ClipOptions,
  bundle: BundleId,
  store: Store,
  contents: Contents,
): Promise<Prepared> {
  try {
    const order = await orderOf(item, bundle, contents);
    return { order, ...(await stateOf(store, order)) };
  } catch (error) {
    if (!(error instanceof HandfirstError)) throw error;
    return { failure: clipFailureOf(error) };
  }
}
