import { X } from 'lucide';
import { connected, problem, said } from '../data/store.js';
import { t } from '../strings/index.js';
import { FailureText } from './failure-text.js';
import { Icon } from './icon.js';

/** What went wrong, and what a screen reader says. */
export function Messages() {
  return (
    <div class="messages">
      <div role="alert">
        {problem.value && (
          <p class="problem">
            <FailureText of={problem.value} />
            <button
              type="button"
              class="tool quiet"
              aria-label={t('messages.close')}
              onClick={() => {
                problem.value = undefined;
              }}
            >
              <Icon of={X} />
            </button>
          </p>
        )}
        {!connected.value && <p class="problem">{t('messages.lost')}</p>}
      </div>
      <p class="unseen" role="status">
        {said.value}
      </p>
    </div>
  );
}
