import { useEffect, useRef } from 'preact/hooks';
import { addToJoin, joining, makePhrase, making, moveUp } from '../data/phrases.js';
import { clip, shortName } from '../data/store.js';

/** Files that become one phrase. */
export function JoinForm() {
  const list = joining.value;
  const box = useRef<HTMLDetailsElement>(null);
  // Files that were dropped should not be out of sight.
  useEffect(() => {
    if (box.current && list.length > 0) box.current.open = true;
  }, [list.length]);
  const open = clip.value;
  return (
    <details ref={box}>
      <summary>Join files to a phrase</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void makePhrase({ how: 'join', files: list.map(({ file }) => file) });
        }}
      >
        <p class="hint">Each is cut to the part where it signs, fitted to one signer, and joined smoothly.</p>
        {list.length > 0 && <Order />}
        <label>
          Add files
          <input
            type="file"
            multiple
            onChange={({ currentTarget }) => {
              const files = [...(currentTarget.files ?? [])];
              currentTarget.value = '';
              void addToJoin(files);
            }}
          />
        </label>
        <div class="row">
          {open && (
            <button
              type="button"
              onClick={() => {
                joining.value = [...list, { file: open.file, name: open.name }];
              }}
            >
              Add the open one
            </button>
          )}
          <button type="submit" disabled={list.length === 0}>
            {making.value === 'join'
              ? 'Joining'
              : list.length === 1
                ? 'Join one file'
                : `Join ${list.length} files`}
          </button>
        </div>
      </form>
    </details>
  );
}

/** What is joined, in its order. */
function Order() {
  const list = joining.value;
  return (
    <ol class="order">
      {list.map(({ name }, at) => (
        <li key={at}>
          <span>
            {at + 1}. {shortName(name)}
          </span>
          {at > 0 && (
            <button type="button" onClick={() => moveUp(at)}>
              <span aria-hidden="true">↑</span>
              <span class="unseen">
                {shortName(name)}, {at + 1}, one place earlier
              </span>
            </button>
          )}
          <button
            type="button"
            onClick={() => {
              joining.value = list.filter((_, other) => other !== at);
            }}
          >
            <span aria-hidden="true">✕</span>
            <span class="unseen">
              Leave out {shortName(name)}, {at + 1}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
