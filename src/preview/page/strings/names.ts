import en from './en.json';
import { t } from './index.js';

/** Whether there are words for what the server names. */
export function isKnown<T extends object>(words: T, key: string): key is keyof T & string {
  return Object.hasOwn(words, key);
}

/** What the words of a bundle describe, such as `hair`. */
export function topicName(topic: string): string {
  return isKnown(en.topics, topic) ? t(`topics.${topic}`) : topic.replaceAll('_', ' ');
}
