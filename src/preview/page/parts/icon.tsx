import type { IconNode } from 'lucide';
import { h } from 'preact';

/** A picture beside words, or in a button that has a name: never alone. */
export function Icon({ of, size = 20 }: { of: IconNode; size?: number }) {
  const stroke = { fill: 'none', stroke: 'currentColor', 'stroke-width': 2 };
  const ends = { 'stroke-linecap': 'round', 'stroke-linejoin': 'round' } as const;
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" {...stroke} {...ends}>
      {of.map(([tag, attributes], at) => h(tag, { ...attributes, key: at }))}
    </svg>
  );
}
