import { html, type Markup } from '../report/html/markup.js';
import { CRITERIA, type Criterion } from './answer.js';

/** What a question's page shows; pictures go by number alone, so that nothing tells who drew them. */
export interface Question {
  readonly trial: number;
  readonly trials: number;
  readonly pictures: number;
  readonly given?: { readonly [by in Criterion]: readonly number[] };
  /** Why the last answer was not taken. */
  readonly problem?: string;
}

const ASKED: Record<Criterion, string> = {
  pose: 'Pose: how well it follows the keypoints, hands first of all',
  quality: 'Quality: how real and clean the picture is',
};

function page(title: string, content: Markup): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="stylesheet" href="/page.css"><script type="module" src="/page.js"></script></head><body><main>${content}</main></body></html>
`.text;
}

/** The page of a question: the pose, and the pictures with two ranks each. */
export function questionPage({ trial, trials, pictures, given, problem }: Question): string {
  const letters = Array.from({ length: pictures }, (_, at) => String.fromCharCode(65 + at));
  const cards = letters.map((letter, at) => {
    const groups = CRITERIA.map((by) => rankGroup(by, letter, at, pictures, given?.[by][at]));
    return html`<div class="card"><figure><img src="/trials/${trial}/pictures/${at}" alt="Picture ${letter}"><figcaption>Picture ${letter}</figcaption></figure>${groups}</div>`;
  });
  return page(
    `Question ${trial + 1} of ${trials}`,
    html`<h1>Which of these pictures is best?</h1>
<p class="hint">Question ${trial + 1} of ${trials}. Rank the pictures twice, 1 is best: by pose, which is how well they follow the keypoints (hands first of all), and by quality.</p>
<progress max="${trials}" value="${trial}" aria-label="Questions answered"></progress>
${problem && html`<p role="alert">${problem}</p>`}
<form method="post" action="/trials/${trial}"><div class="sides">
<figure class="pose"><h2>Keypoints</h2><img src="/trials/${trial}/pose" alt="The pose that was asked for"></figure>
<div class="cards">${cards}</div></div>
<div class="act"><button class="primary" type="submit">Keep and go on</button>${trial > 0 && html`<a class="button" href="/trials/${trial - 1}">Back</a>`}<span class="hint">Tab and arrow keys choose, Enter goes on.</span></div></form>`,
  );
}

function rankGroup(
  by: Criterion,
  letter: string,
  at: number,
  count: number,
  given: number | undefined,
): Markup {
  const choices = Array.from({ length: count }, (_, index) => index + 1).map(
    (rank) =>
      html`<label><input type="radio" name="${by}-${at}" data-by="${by}" value="${rank}" aria-label="${rank}"${rank === given && html` checked`}><span aria-hidden="true">${rank}</span></label>`,
  );
  return html`<fieldset><legend>${by === 'pose' ? 'Pose' : 'Quality'}<span class="unseen"> of picture ${letter}</span></legend><div class="ranks" title="${ASKED[by]}">${choices}</div></fieldset>`;
}

/** The page after the last question. */
export function donePage(table: string, path: string): string {
  return page(
    'All questions are answered',
    html`<h1>Thank you: all questions are answered</h1><p class="hint">Mean ranks (1 is best) with standard deviations. The answers are in ${path}; this page can be closed.</p><pre tabindex="0">${table}</pre>
<p><a class="button" href="/trials/0">Look through the answers</a></p>`,
  );
}
