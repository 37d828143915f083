import { Act } from './panels/act.js';
import { Panels } from './panels/panels.js';
import { Status } from './panels/status.js';
import { Header } from './parts/header.js';
import { Help } from './parts/help.js';
import { Messages } from './parts/messages.js';
import { Stage } from './stage/stage.js';

export function App() {
  return (
    <>
      <Header />
      <Messages />
      <main>
        <div class="show">
          <Stage />
          <Status />
        </div>
        <div class="choose">
          <Panels />
          <Act />
        </div>
      </main>
      <Help />
    </>
  );
}
