import { inWords, type Problem } from '../strings/failures.js';

/** What went wrong, in the page's words; a sentence of the engine within them is marked as English. */
export function FailureText({ of }: { of: Problem }) {
  if (typeof of === 'string') return <span>{of}</span>;
  const { title, said, todo } = inWords(of);
  return (
    <span>
      <strong>{title}</strong> <span lang="en">{said}</span>
      {todo !== undefined && ` ${todo}`}
    </span>
  );
}
