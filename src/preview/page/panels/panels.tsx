import { normalizeProps, useMachine } from '@zag-js/preact';
import * as tabs from '@zag-js/tabs';
import { History as HistoryIcon, Layers, MessageSquareText, Spline, User } from 'lucide';
import { panel } from '../data/panel.js';
import { state } from '../data/store.js';
import { Icon } from '../parts/icon.js';
import { t } from '../strings/index.js';
import { History } from './history.js';
import { Inspection } from './inspection.js';
import { KeypointsPanel } from './keypoints-panel.js';
import { PhrasePanel } from './phrase-panel.js';
import { SignerPanel } from './signer-panel.js';

const PANELS = [
  { name: 'keypoints', icon: Spline, Content: KeypointsPanel },
  { name: 'phrase', icon: MessageSquareText, Content: PhrasePanel },
  { name: 'signer', icon: User, Content: SignerPanel },
  { name: 'history', icon: HistoryIcon, Content: History },
  { name: 'inside', icon: Layers, Content: Inspection },
] as const;

/** Everything that can be chosen, one subject at a time. */
export function Panels() {
  const service = useMachine(tabs.machine, {
    id: 'panels',
    value: panel.value,
    onValueChange: ({ value }) => {
      panel.value = value;
    },
  });
  const api = tabs.connect(service, normalizeProps);
  const runs = state.value?.runs.length ?? 0;
  return (
    <div {...api.getRootProps()} class="panels">
      <div {...api.getListProps()} role="tablist" class="tabs" aria-label={t('panels.label')}>
        {PANELS.map(({ name, icon }) => (
          <button key={name} type="button" {...api.getTriggerProps({ value: name })} class="tab">
            <Icon of={icon} size={18} />
            <span>{t(`panels.${name}`)}</span>
            {name === 'history' && runs > 0 && <span class="count">{runs}</span>}
          </button>
        ))}
      </div>
      {PANELS.map(({ name, Content }) => (
        <div key={name} {...api.getContentProps({ value: name })} class="panel">
          {panel.value === name && <Content />}
        </div>
      ))}
    </div>
  );
}
