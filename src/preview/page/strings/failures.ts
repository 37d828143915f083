import type { Failure } from '../../protocol.js';
import en from './en.json';
import { t } from './index.js';
import { isKnown } from './names.js';

/** A failure as the page says it: what is wrong, and what to press or to change here. */
export function inWords({ code, sentence }: Failure): string {
  // Up to what to do about it, which is another thing here than in a program.
  const what = sentence.split(/[:;] (?=(?:choose|give|name)\b)/)[0] ?? sentence;
  return code !== undefined && isKnown(en.failures, code)
    ? t(`failures.${code}`, { sentence, what })
    : sentence;
}
