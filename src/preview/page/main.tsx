import { effect } from '@preact/signals';
import { render } from 'preact';
import { api } from './api.js';
import { App } from './app.js';
import { readPresence } from './frames.js';
import { listenForKeys } from './keys.js';
import { lexicons } from './phrases.js';
import { calm, playing, startPlayer } from './player.js';
import { about, attempt, clip, connected, follow, keepAcrossReloads } from './store.js';
import { applyTheme } from './theme.js';
import './style.css';

applyTheme();
keepAcrossReloads();
follow();
startPlayer();
listenForKeys();

let shown: string | undefined;
let read: string | undefined;
effect(() => {
  // What a lost connection cut is read again when it is back.
  if (!connected.value) read = undefined;
  const id = clip.value?.id;
  if (!connected.value || id === undefined || id === read) return;
  read = id;
  void readPresence(id);
  if (id === shown) return;
  shown = id;
  playing.value = !calm.matches;
});

// After a lost connection it may be another server, which knows other lexicons.
effect(() => {
  if (connected.value) void attempt(getToKnow);
});

async function getToKnow(): Promise<void> {
  about.value = await api.about();
  lexicons.value = await api.lexicons();
}

const root = document.getElementById('page');
if (root) render(<App />, root);
