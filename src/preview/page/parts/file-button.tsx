import type { IconNode } from 'lucide';
import { useState } from 'preact/hooks';
import { Icon } from './icon.js';

interface FileButtonProps {
  readonly icon: IconNode;
  readonly says: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly take: (files: readonly File[]) => void;
}

/** Takes files that are dropped on it or chosen. */
export function FileButton({ icon, says, accept, multiple, take }: FileButtonProps) {
  const [over, setOver] = useState(false);
  return (
    <label
      class={over ? 'button file-button over' : 'button file-button'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Icon of={icon} size={18} />
      <span>{says}</span>
      <input
        type="file"
        class="unseen"
        accept={accept}
        multiple={multiple}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          if (files.length > 0) take(files);
        }}
      />
    </label>
  );
}
