import { z } from 'zod';
import { HandfirstError } from '../errors.js';

/** What a thrown value means for the user: the sentence that the command line prints. */
export function sentenceOf(error: unknown): string {
  if (error instanceof HandfirstError) return error.message;
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    const field = issue?.path.join('.') || 'the request';
    return `The page asked for something that makes no sense at ${field} (${issue?.message}): reload it.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return `This should not happen (${message.replace(/\s+/g, ' ').trim()}): stop the preview, start it again with --debug and report what it prints.`;
}
