import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

export function isTheme(value: string): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark';
}

const KEPT = 'handfirst-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(dark.matches);
const saved = localStorage.getItem(KEPT);

export const theme = signal<Theme>(saved === 'light' || saved === 'dark' ? saved : 'system');
/** The one that is seen. */
export const seenTheme = signal<'light' | 'dark'>('light');

export function applyTheme(): void {
  dark.addEventListener('change', () => {
    systemDark.value = dark.matches;
  });
  effect(() => {
    const seen = theme.value === 'system' ? (systemDark.value ? 'dark' : 'light') : theme.value;
    document.documentElement.dataset.theme = seen;
    seenTheme.value = seen;
    if (theme.value === 'system') localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, theme.value);
  });
}

/** A colour of the style sheet as it is now. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
