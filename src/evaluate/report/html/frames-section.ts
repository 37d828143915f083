import { counted } from '../../../counted.js';
import type { FrameReport, FrameResult, ItemReport, Report } from '../report-model.js';
import { html, type Markup } from './markup.js';
import { numberText } from './numbers.js';
import type { Thumbnails } from './thumbnails.js';

/** A frame with the item that it belongs to. */
export interface PlacedFrame {
  readonly item: ItemReport;
  readonly frame: FrameReport;
}

/** Pictures in one report at most; a few frames are shown however many presets there are. */
const MOST_PICTURES = 200;
const MOST_FRAMES = 24;
const FEWEST_FRAMES = 6;

/** Values of a frame that are parts of a figure. */
const PARTS: Readonly<Record<string, string>> = {
  oks: 'OKS',
  oksHands: 'OKS hands',
  handError: 'hand error',
};

/** All frames, the worst first: by the hands of the first preset, then by those of the next; frames without hands are last. */
export function worstFirst(report: Report): PlacedFrame[] {
  const placed = report.items.flatMap((item) => item.frames.map((frame) => ({ item, frame })));
  const errors = ({ frame }: PlacedFrame): number[] => frame.results.map(({ handError }) => handError ?? -1);
  return placed.sort((a, b) => {
    const [first, second] = [errors(a), errors(b)];
    const at = first.findIndex((error, index) => error !== second[index]);
    return at < 0 ? 0 : (second[at] ?? -1) - (first[at] ?? -1);
  });
}

/** How many frames are shown with their pictures. */
export function framesShown(presets: number): number {
  return Math.max(FEWEST_FRAMES, Math.min(MOST_FRAMES, Math.floor(MOST_PICTURES / (presets + 2))));
}

/** The worst frames: pose, true picture and each preset's result side by side, then all frames as a table. */
export async function framesSection(report: Report, thumbnails: Thumbnails): Promise<Markup | undefined> {
  const all = worstFirst(report);
  if (all.length === 0) return undefined;
  const shown = all.slice(0, framesShown(report.about.presets.length));
  const labels = new Map(
    report.presets.flatMap(({ figures }) => figures).map(({ name, label }) => [name, label]),
  );
  const drawn = await Promise.all(shown.map((placed) => frameCard(placed, labels, thumbnails)));
  return html`<section aria-labelledby="frames"><h2 id="frames">Worst frames</h2>
<p class="hint">${shown.length} of ${counted(all.length, 'frame')}, those first whose hands are furthest from what was asked for${report.about.presets.length > 1 && ` (preset ${report.about.presets[0]})`}. Hand error: 0 as asked, 1 not found.</p>
<div class="frames">${drawn}</div>
<details><summary>All frames as a table</summary>${framesTable(report, all)}</details></section>`;
}

function frameName({ item, frame }: PlacedFrame): string {
  return item.frames.length > 1 ? `${item.id}, frame ${frame.frame}` : item.id;
}

async function frameCard(
  placed: PlacedFrame,
  labels: ReadonlyMap<string, string>,
  thumbnails: Thumbnails,
): Promise<Markup> {
  const { item, frame } = placed;
  const name = frameName(placed);
  const picture = async (path: string, what: string, under: Markup): Promise<Markup> => {
    const uri = await thumbnails.get(path);
    const shown = uri
      ? html`<img src="${uri}" alt="${what} of ${name}">`
      : html`<div class="gone">${path} is not there</div>`;
    return html`<figure>${shown}<figcaption><strong>${what}</strong>${under}</figcaption></figure>`;
  };
  const figures = [await picture(frame.pose, 'Pose', html``)];
  if (frame.reference !== null)
    figures.push(await picture(frame.reference, 'Reference', valuesText(frame.truth, labels)));
  for (const result of frame.results)
    figures.push(await picture(result.picture, result.preset, resultText(result, labels)));
  return html`<article class="frame" aria-label="${name}"><header><h3>${name}</h3>${item.letter !== null && html`<span>letter ${item.letter}</span>`}<span class="hint" style="margin:0">${item.caption} (seed ${item.seed})</span></header><div class="pictures">${figures}</div></article>`;
}

function resultText({ handError, values }: FrameResult, labels: ReadonlyMap<string, string>): Markup {
  return html`hand error ${numberText(handError)}${valuesText(values, labels)}`;
}

function valuesText(values: FrameResult['values'], labels: ReadonlyMap<string, string>): Markup {
  const stated = Object.entries(values).filter(([, value]) => value !== null);
  if (stated.length === 0) return html``;
  const lines = stated.map(
    ([name, value]) => html`<li>${labels.get(name) ?? PARTS[name] ?? name} ${numberText(value)}</li>`,
  );
  return html`<details><summary>values</summary><ul class="values">${lines}</ul></details>`;
}

function framesTable(report: Report, all: readonly PlacedFrame[]): Markup {
  const rows = all.map((placed) => {
    const cells = placed.frame.results.map(({ handError }) => html`<td>${numberText(handError)}</td>`);
    return html`<tr><th scope="row">${frameName(placed)}</th>${cells}</tr>`;
  });
  return html`<div class="scroll" role="region" aria-label="All frames" tabindex="0"><table>
<thead><tr><th scope="col">Frame</th>${report.about.presets.map((preset) => html`<th scope="col">Hand error, ${preset}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
