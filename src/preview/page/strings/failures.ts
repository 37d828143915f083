import type { Failure } from '../../protocol.js';
import en from './en.json';
import { t } from './index.js';

const KNOWN = Object.keys(en.failures);

function isKnown(code: string | undefined): code is keyof typeof en.failures {
  return code !== undefined && KNOWN.includes(code);
}

/** A failure as the page says it: what is wrong, and what to press or to change here. */
export function inWords({ code, sentence }: Failure): string {
  // Up to what to do about it, which is another thing here than in a program.
  const what = sentence.split(/[:;] (?=(?:choose|give|name)\b)/)[0] ?? sentence;
  return isKnown(code) ? t(`failures.${code}`, { sentence, what }) : sentence;
}
