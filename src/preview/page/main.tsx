import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.js';
import { api } from './data/api.js';
import { choice, chosenId, followFile, from, to, videoSpeed } from './data/form.js';
import { readPresence } from './data/frames.js';
import { listenForKeys } from './data/keys.js';
import { followLook } from './data/look.js';
import { panel } from './data/panel.js';
import { hand, lexiconId, lexicons, spellingSpeed } from './data/phrases.js';
import { calm, playing, rate, startPlayer } from './data/player.js';
import { comparing, otherId } from './data/shown.js';
import { about, attempt, clip, clipId, connected, follow, keepAcrossReloads } from './data/store.js';
import { tiles } from './data/tiles.js';
import { followRecording } from './panels/recorder.js';
import { openHelp } from './parts/help.js';
import { applyTheme } from './parts/theme.js';
import { toggleFullScreen } from './stage/transport.js';
import './style/base.css';
import './style/controls.css';
import './style/layout.css';
import './style/layout-small.css';
import './style/stage.css';
import './style/timeline.css';
import './style/stage-small.css';
import './style/panels.css';
import './style/signer.css';
import './style/phrase.css';

applyTheme();
keepAcrossReloads({
  ...{ clipId, from, to, videoSpeed, choice, chosenId, otherId, comparing, rate, panel },
  ...{ hand, spellingSpeed, lexiconId, tiles },
});
follow();
followFile();
followLook();
followRecording();
startPlayer();
listenForKeys({ help: openHelp, fullScreen: toggleFullScreen });

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
