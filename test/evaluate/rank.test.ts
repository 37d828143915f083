import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, areRanks } from '../../src/evaluate/rank/answer.js';
import { Answers } from '../../src/evaluate/rank/answers.js';
import { type Ranking, startRanking } from '../../src/evaluate/rank/index.js';
import { meanRanks, rankTable } from '../../src/evaluate/rank/mean-ranks.js';
import { makeStudy, type ResultFolder, readResults } from '../../src/evaluate/rank/study.js';
import { faults, launchBrowser, PATIENCE, withBrowser } from '../browser.js';
import { sampleReport } from './sample-report.js';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder = '';
let results: ResultFolder;
let running: Ranking[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handfirst-rank-'));
  const report = await sampleReport(folder);
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  copyFileSync(
    join(folder, 'letter-W-box.png') /* drawn, though the report calls it lost */,
    join(folder, 'lost.png'),
  );
  results = await readResults(folder);
});
afterAll(async () => {
  for (const one of running) await one.close();
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

/** A third person's view: what is said of pictures x, y and z. */
function answer(trial: number, shown: string[], pose: number[], quality: number[]): Answer {
  return { trial, item: `item-${trial}`, frame: 0, shown, pose, quality };
}

describe('mean ranks', () => {
  const answers = [
    answer(0, ['a', 'b', 'c'], [1, 2, 3], [3, 2, 1]),
    answer(1, ['c', 'a', 'b'], [2, 1, 3], [1, 3, 2]),
    answer(2, ['b', 'c', 'a'], [1, 2, 3], [2, 1, 3]),
  ];

  it('are means with the standard deviation of the sample, best first', () => {
    // a: 1, 1, 3; b: 2, 3, 1; c: 3, 2, 2. Means 5/3, 2, 7/3; squares from the mean 8/3, 2, 2/3, over 2.
    expect(meanRanks(answers, ['a', 'b', 'c'], 'pose')).toEqual([
      {
        contestant: 'a',
        mean: expect.closeTo(5 / 3, 12),
        deviation: expect.closeTo(Math.sqrt(4 / 3), 12),
        count: 3,
      },
      { contestant: 'b', mean: 2, deviation: 1, count: 3 },
      {
        contestant: 'c',
        mean: expect.closeTo(7 / 3, 12),
        deviation: expect.closeTo(Math.sqrt(1 / 3), 12),
        count: 3,
      },
    ]);
    expect(
      meanRanks(answers, ['a', 'b', 'c'], 'quality').map(({ contestant, mean }) => [contestant, mean]),
    ).toEqual([
      ['c', 1],
      ['b', 2],
      ['a', 3],
    ]);
  });

  it('are printed as a table, also when there are few or none', () => {
    expect(rankTable(answers, ['a', 'b', 'c'])).toBe(
      [
        'preset  by pose        by quality',
        'a       1.67 ± 1.15    3.00 ± 0.00',
        'b       2.00 ± 1.00    2.00 ± 0.00',
        'c       2.33 ± 0.58    1.00 ± 0.00',
        '',
      ].join('\n'),
    );
    expect(rankTable(answers.slice(0, 1), ['a', 'b', 'c'])).toContain('a       1.00           3.00\n');
    expect(rankTable([], ['a', 'b'])).toContain('a       –              –\n');
  });

  it('need each rank once', () => {
    expect(
      [
        [1, 2, 3],
        [3, 1, 2],
      ].map((ranks) => areRanks(ranks, 3)),
    ).toEqual([true, true]);
    expect(
      [
        [1, 1, 3],
        [1, 2],
        [0, 1, 2],
        [1, 2, Number.NaN],
      ].map((ranks) => areRanks(ranks, 3)),
    ).toEqual([false, false, false, false]);
  });
});

describe('a study', () => {
  it('asks in an order, and shows in orders, that the seed alone decides', () => {
    const [one, same, other] = [
      makeStudy([results], 20, 3),
      makeStudy([results], 20, 3),
      makeStudy([results], 20, 4),
    ];
    expect(one).toEqual(same);
    expect(one.sha256).not.toBe(other.sha256);
    expect(one.trials.map(({ item }) => item).sort()).toEqual(
      results.report.items.map(({ id }) => id).sort(),
    );
    for (const { shown } of one.trials)
      expect(shown.map(({ contestant }) => contestant).sort()).toEqual(['box', 'default', 'naive']);
    const orders = new Set(
      [one, other].flatMap(({ trials }) =>
        trials.map(({ shown }) => shown.map(({ contestant }) => contestant).join()),
      ),
    );
    expect(orders.size).toBeGreaterThan(2);
    expect(makeStudy([results], 2, 3).trials).toEqual(one.trials.slice(0, 2));
  });

  it('compares folders by name, and asks only what all of them drew', () => {
    const later: ResultFolder = {
      folder: '/results/later',
      report: {
        ...results.report,
        about: { ...results.report.about, presets: ['default'] },
        items: results.report.items.slice(0, 2).map((item) => ({
          ...item,
          frames: item.frames.map((frame) => ({ ...frame, results: frame.results.slice(0, 1) })),
        })),
      },
    };
    const first = { ...results, folder: '/results/first' };
    const study = makeStudy([first, later], 20, 0);
    expect(study.contestants).toEqual(['first/box', 'first/default', 'first/naive', 'later']);
    expect(study.trials.map(({ item }) => item).sort()).toEqual(['picture-04', 'picture-11']);
    expect(() => makeStudy([later], 20, 0)).toThrow(/only one preset/);
    expect(() => makeStudy([later, { ...later, folder: '/other/later' }], 20, 0)).toThrow(
      /Two folders are called later/,
    );
    const elsewhere = { ...later, folder: '/results/x', report: { ...later.report, items: [] } };
    expect(() => makeStudy([later, elsewhere], 20, 0)).toThrow(/No pose was drawn by all/);
  });

  it('needs the folder of an evaluation', async () => {
    await expect(readResults(tmpdir())).rejects.toThrow(/holds no report.json of an evaluation/);
  });
});

describe('answers', () => {
  it('are kept at once, gone on with, and never mixed with those of another study', async () => {
    const path = join(folder, 'kept.json');
    const study = makeStudy([results], 3, 1);
    const answers = await Answers.open(path, study);
    await Promise.all([
      answers.give(1, { pose: [1, 2, 3], quality: [3, 2, 1] }),
      answers.give(0, { pose: [2, 1, 3], quality: [1, 2, 3] }),
    ]);
    await expect(answers.give(2, { pose: [1, 1, 3], quality: [1, 2, 3] })).rejects.toThrow(
      'Give each picture another rank by pose, from 1 (best) to 3.',
    );
    await expect(answers.give(3, { pose: [], quality: [] })).rejects.toThrow('There is no question 4.');
    const again = await Answers.open(path, study);
    expect([again.next, again.all.map(({ trial }) => trial)]).toEqual([2, [0, 1]]);
    expect(again.get(0)?.shown).toEqual(study.trials[0]?.shown.map(({ contestant }) => contestant));
    const stated = JSON.parse(readFileSync(path, 'utf8'));
    expect(stated.results.pose).toHaveLength(3);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    await expect(Answers.open(path, makeStudy([results], 3, 2))).rejects.toThrow(/another `seed` or `count`/);
    writeFileSync(path, 'nothing');
    await expect(Answers.open(path, study)).rejects.toThrow(/holds no answers/);
  });
});

async function start(out: string): Promise<Ranking> {
  const ranking = await startRanking({ folders: [folder], out: join(folder, out), count: 2, seed: 5 });
  running.push(ranking);
  return ranking;
}

describe('the server', () => {
  it('tells nobody who drew a picture, and answers only its own page', async () => {
    const { address } = await start('served.json');
    const page = await (await fetch(address)).text();
    expect(page).toContain('Question 1 of 2');
    expect(page).not.toMatch(/default|naive|box/);
    const picture = await fetch(`${address}trials/0/pictures/0`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect((await fetch(`${address}trials/0/pictures/3`)).status).toBe(404);
    expect((await fetch(`${address}trials/9`)).status).toBe(404);
    const foreign = { method: 'POST', headers: { Origin: 'http://elsewhere.example' }, body: new FormData() };
    expect((await fetch(`${address}trials/0`, foreign)).status).toBe(403);
    const incomplete = await fetch(`${address}trials/0`, { method: 'POST', body: new FormData() });
    expect(incomplete.status).toBe(422);
    expect(await incomplete.text()).toContain('Give each picture another rank by pose');
  });
});

withBrowser('asks, is used by keyboard, and thanks', async () => {
  const ranking = await start('browsed.json');
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(ranking.address);
    await page.getByRole('button', { name: 'Keep and go on' }).click();
    await page.getByRole('alert').getByText('another rank by pose').waitFor();
    for (const [at, letter] of ['A', 'B', 'C'].entries()) {
      for (const by of ['Pose', 'Quality']) {
        const group = page.getByRole('group', { name: `${by} of picture ${letter}` });
        await group.getByRole('radio', { name: '1' }).focus();
        await page.keyboard.press('Space');
        for (let step = 0; step < at; step += 1) await page.keyboard.press('ArrowRight');
      }
    }
    expect(await page.locator('input.twice').count()).toBe(0);
    expect(await page.locator('input:checked').count()).toBe(6);
    expect(await faults(page)).toEqual([]);
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBe(0);
    const shots = process.env.HANDFIRST_SCREENSHOTS;
    if (shots) {
      writeFileSync(join(shots, 'rank-390-dark.png'), await page.screenshot({ fullPage: true }));
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.emulateMedia({ colorScheme: 'light' });
      writeFileSync(join(shots, 'rank-1280-light.png'), await page.screenshot({ fullPage: true }));
    }
    await page.getByRole('button', { name: 'Keep and go on' }).press('Enter');
    await page.getByText('Question 2 of 2').first().waitFor();
    expect(ranking.answered()).toBe(1);
    for (const [at, letter] of ['A', 'B', 'C'].entries())
      for (const by of ['Pose', 'Quality'])
        await page
          .getByRole('group', { name: `${by} of picture ${letter}` })
          .getByRole('radio', { name: String(3 - at) })
          .check();
    await page.getByRole('button', { name: 'Keep and go on' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    expect(await page.locator('pre').innerText()).toBe(ranking.table());
    expect(await faults(page)).toEqual([]);
    await page.goto(ranking.address);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  } finally {
    await browser.close();
  }
});
