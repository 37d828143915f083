import { FileText, Hand, Type } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import Sortable from 'sortablejs';
import { said } from '../data/store.js';
import { move, type PhraseTile, remove, selected, tiles } from '../data/tiles.js';
import { Icon } from '../parts/icon.js';
import { t } from '../strings/index.js';

const ICONS = { sign: Hand, spell: Type, file: FileText } as const;

/** The parts of the phrase in their order: dragged, or moved with Alt and the arrow keys. */
export function Tiles() {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const { current } = list;
    if (!current) return;
    const sortable = Sortable.create(current, {
      animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120,
      delay: 150,
      delayOnTouchOnly: true,
      // The browser's own dragging would leave a tile that a finger scrolled by without answer to the next press.
      forceFallback: true,
      fallbackTolerance: 4,
      onEnd({ item, oldIndex, newIndex }) {
        if (oldIndex === undefined || newIndex === undefined) return;
        // The order is the page's to draw: what was dragged goes back before it is drawn at its new place.
        const others = [...current.children].filter((child) => child !== item);
        current.insertBefore(item, others[oldIndex] ?? null);
        move(oldIndex, newIndex);
      },
    });
    return () => sortable.destroy();
  }, []);
  return (
    <ol class="phrase-tiles" ref={list} aria-label={t('phrase.tiles')}>
      {tiles.value.map((tile, at) => (
        <li key={tile.id}>
          <Tile tile={tile} at={at} />
        </li>
      ))}
    </ol>
  );
}

function Tile({ tile, at }: { tile: PhraseTile; at: number }) {
  const { id, kind, text, repeat, speed, hold } = tile;
  const isSelected = selected.value === id;
  const times = [
    ...(repeat === 1 ? [] : [`×${repeat}`]),
    ...(speed === 1 ? [] : [t('phrase.atSpeed', { speed })]),
    ...(hold === 0 ? [] : [t('phrase.held', { hold })]),
  ].join(' ');
  return (
    <button
      type="button"
      class={`tile ${kind}`}
      aria-pressed={isSelected}
      aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Delete"
      title={t('phrase.tileSays')}
      onClick={() => {
        selected.value = id;
      }}
      onKeyDown={(event) => {
        const { key, altKey, currentTarget } = event;
        if (altKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
          event.preventDefault();
          moveTile(at, at + (key === 'ArrowLeft' ? -1 : 1), text);
          requestAnimationFrame(() => currentTarget.focus());
        } else if (key === 'Delete' || key === 'Backspace') {
          event.preventDefault();
          remove(id);
        }
      }}
    >
      <Icon of={ICONS[kind]} size={16} />
      <span translate={false}>{text}</span>
      {times && <small>{times}</small>}
      <span class="unseen">{t(`phrase.kinds.${kind}`)}</span>
    </button>
  );
}

/** Moves a tile, and says where it is now. */
export function moveTile(from: number, to: number, name: string): void {
  move(from, to);
  if (to >= 0 && to < tiles.value.length)
    said.value = t('phrase.moved', { name, place: to + 1, count: tiles.value.length });
}
