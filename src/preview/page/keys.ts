import { signal } from '@preact/signals';
import { seek, step, togglePlay } from './player.js';
import { cancelAll, change, compare, frameCount, generate } from './store.js';

/** What can be done by one key; shown in the help. */
export const KEYS: readonly { key: string; does: string; run(): void }[] = [
  { key: 'k', does: 'play or pause', run: togglePlay },
  { key: 'j', does: 'one frame back', run: () => step(-1) },
  { key: 'l', does: 'one frame on', run: () => step(1) },
  { key: 'Home', does: 'first frame', run: () => seek(0) },
  { key: 'End', does: 'last frame', run: () => seek(frameCount.value - 1) },
  { key: 'g', does: 'generate', run: () => void generate() },
  { key: 'd', does: 'throw the dice for another seed', run: () => throwDice() },
  { key: 'c', does: 'compare two signers, or stop comparing', run: () => toggleCompare() },
  { key: 'Escape', does: 'cancel what is being drawn', run: () => void cancelAll() },
];

/** Single keys can be switched off, for those who speak to their computer or hit keys by mistake. */
export const keysOn = signal(localStorage.getItem('handfirst-keys') !== 'off');

export function setKeys(on: boolean): void {
  keysOn.value = on;
  localStorage.setItem('handfirst-keys', on ? 'on' : 'off');
}

export function throwDice(): void {
  change({ seed: Math.floor(Math.random() * 100_000) });
}

export function toggleCompare(): void {
  compare.value = !compare.value;
}

export function listenForKeys(): void {
  addEventListener('keydown', (event) => {
    const { target } = event;
    const typing =
      target instanceof HTMLElement &&
      target.closest('input, select, textarea, dialog, [contenteditable]') !== null;
    if (!keysOn.value || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      event.preventDefault();
      const by = event.shiftKey ? 10 : 1;
      step(event.key === 'ArrowLeft' ? -by : by);
      return;
    }
    const known = KEYS.find(({ key }) => key === event.key);
    if (!known) return;
    event.preventDefault();
    known.run();
  });
}
