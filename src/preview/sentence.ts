import { z } from 'zod';
import { HandfirstError } from '../errors.js';
import type { Failure } from './protocol.js';

/** Options that a sentence names as programs give them (`spellUnknown: true`, `refine.draw`), in the words of the page ("spell unknown"). */
export function inWords(sentence: string): string {
  return sentence.replace(/`([a-z][\w.]*)(: [^`]+)?`/g, (_, name: string, value = '') => {
    const words = name.replaceAll('.', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `"${words}${value === ': true' ? '' : value}"`;
  });
}

/** What a thrown value means for the user: the sentence that the command line prints. */
export function sentenceOf(error: unknown): string {
  if (error instanceof HandfirstError) return inWords(error.message);
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    const field = issue?.path.join('.') || 'the request';
    return `The page asked for something that makes no sense at ${field} (${issue?.message}): reload it.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return `This should not happen (${message.replace(/\s+/g, ' ').trim()}): stop the preview, start it again and report this sentence.`;
}

/** The same with its code, by which the page may say it in its own words. */
export function failureOf(
  error: unknown,
  named: (sentence: string) => string = (sentence) => sentence,
): Failure {
  const sentence = named(sentenceOf(error));
  return error instanceof HandfirstError ? { code: error.code, sentence } : { sentence };
}
