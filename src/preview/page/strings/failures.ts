import type { Failure } from '../../protocol.js';
import en from './en.json';
import { t } from './index.js';
import { isKnown } from './names.js';

/** What went wrong: a sentence of the page's own, or a failure of the engine. */
export type Problem = string | Failure;

/** Where a sentence of the engine says what to do, which is another thing in a page than in a program. */
const ADVICE = /[:;] (?=(?:choose|correct|copy|draw|give|look|name|use|write)\b|`handfirst )/;

/** A failure as the page says it: in its own words what failed and what to do here, and between them the engine's sentence. */
export function inWords({ code = '', sentence }: Failure): { title: string; said: string; todo?: string } {
  const title = titleOf(code);
  const { todo } = en.failures;
  if (!isKnown(todo, code)) return { title, said: sentence };
  const [what = sentence, ...advice] = sentence.split(ADVICE);
  return { title, said: advice.length > 0 ? `${what}.` : sentence, todo: t(`failures.todo.${code}`) };
}

/** By the beginning of its code. */
function titleOf(code: string): string {
  const { titles } = en.failures;
  for (const begin of Object.keys(titles))
    if (isKnown(titles, begin) && code.startsWith(`${begin}_`)) return t(`failures.titles.${begin}`);
  return t('failures.fault');
}
