import { signal } from '@preact/signals';

/** The panel that is open. */
export const panel = signal<string>('keypoints');
