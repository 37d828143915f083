import { effect } from '@preact/signals';
import { render } from 'preact';
import { api } from './api.js';
import { App } from './app.js';
import { readPresence } from './frames.js';
import { listenForKeys } from './keys.js';
import { loadLexicons } from './phrases.js';
import { calm, playing, startPlayer } from './player.js';
import { about, attempt, clip, follow, keepAcrossReloads } from './store.js';
import { applyTheme } from './theme.js';
import './style.css';

applyTheme();
keepAcrossReloads();
follow();
startPlayer();
listenForKeys();

let shown: string | undefined;
effect(() => {
  const id = clip.value?.id;
  if (id === undefined || id === shown) return;
  shown = id;
  playing.value = !calm.matches;
  void readPresence(id);
});

void attempt(async () => {
  about.value = await api.about();
});

void loadLexicons();

const root = document.getElementById('page');
if (root) render(<App />, root);
