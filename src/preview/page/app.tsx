import { Header } from './header.js';
import { Inspection } from './inspection.js';
import { KeypointsPanel } from './keypoints-panel.js';
import { Outcome } from './outcome.js';
import { Queue } from './queue.js';
import { SignerPanel } from './signer-panel.js';
import { Stage } from './stage.js';
import { connected, problem, said } from './store.js';
import { Timeline } from './timeline.js';
import { Transport } from './transport.js';
import { Act, WhatPanel } from './what-panel.js';

export function App() {
  return (
    <>
      <Header />
      <div class="messages">
        <div role="alert">
          {problem.value && (
            <p class="problem">
              <span>{problem.value}</span>
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  problem.value = undefined;
                }}
              >
                Close<span class="unseen"> this message</span>
              </button>
            </p>
          )}
          {!connected.value && <p class="problem">The connection is lost; the page tries again by itself.</p>}
        </div>
        <p class="unseen" role="status">
          {said.value}
        </p>
      </div>
      <main>
        <div class="show">
          <Stage />
          <Transport />
          <Timeline />
          <Outcome />
        </div>
        <div class="choose">
          <KeypointsPanel />
          <SignerPanel />
          <WhatPanel />
          <Queue />
          <Act />
        </div>
        <Inspection />
      </main>
    </>
  );
}
