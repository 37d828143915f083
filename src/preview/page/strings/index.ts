import i18next from 'i18next';
import en from './en.json';

/** Languages that are shipped. A new one is a JSON file beside `en.json` and an entry here. */
const LANGUAGES = { en: { translation: en } };

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

const known = Object.keys(LANGUAGES);
const wished = navigator.languages.map((tag) => tag.split('-')[0] ?? '').find((code) => known.includes(code));
void i18next.init({
  lng: wished ?? 'en',
  fallbackLng: 'en',
  resources: LANGUAGES,
  interpolation: { escapeValue: false },
  initAsync: false,
});
document.documentElement.lang = i18next.resolvedLanguage ?? 'en';
document.documentElement.dir = i18next.dir();

/** The page's words for a key of `en.json`, in the user's language where it is shipped. */
export const t = i18next.t;

/** A number as the user's language writes it. */
export function number(value: number, digits = 0): string {
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(i18next.resolvedLanguage, format).format(value);
}

/** `90 s`, `3 min`, `1.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 90) return t('time.seconds', { value: Math.ceil(seconds) });
  if (seconds < 5400) return t('time.minutes', { value: Math.round(seconds / 60) });
  return t('time.hours', { value: number(seconds / 3600, 1) });
}
