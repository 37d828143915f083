/** Colours of the eight series, in light and in dark. */
const SERIES = [
  ['#3f37a8', '#b7b0ff'],
  ['#b35900', '#ffb454'],
  ['#00796b', '#5fd6c4'],
  ['#a3195b', '#ff8fbf'],
  ['#4d7c0f', '#b5e066'],
  ['#0277bd', '#6cc6ff'],
  ['#6d4c41', '#d7b8a6'],
  ['#5f6368', '#c0c4ca'],
] as const;

const LIGHT = `color-scheme:light;--ground:#f4f1ea;--card:#fffdf9;--ink:#1b1a26;--soft:#56535f;--edge:#8b8794;--hair:#ddd7cb;--accent:#3f37a8;
--alarm:#fbe4e3;--alarm-ink:#8a1420;--good:#176b3a;--bad:#a31621;--good-wash:#e3f2e6;--truth:#1b1a26;${seriesOf(0)}`;
const DARK = `color-scheme:dark;--ground:#14131b;--card:#1e1d28;--ink:#f2f0ea;--soft:#b9b5c4;--edge:#807c90;--hair:#35333f;--accent:#b7b0ff;
--alarm:#47181e;--alarm-ink:#ffd3d6;--good:#7fdc9f;--bad:#ff9aa2;--good-wash:#16301f;--truth:#f2f0ea;${seriesOf(1)}`;

function seriesOf(shade: 0 | 1): string {
  return SERIES.map((colours, index) => `--s${index}:${colours[shade]};`).join('');
}

/** The preview's colours, light or dark as the system is, and what is read out but not seen. */
export const COLOURS = `:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`;

/** The report's style sheet, from a phone's width to a desk's. */
export const STYLE = `${COLOURS}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.45 system-ui,"Segoe UI","Noto Sans","Helvetica Neue",sans-serif}
header,main{max-width:84rem;margin:0 auto;padding:1.25rem clamp(.75rem,3vw,2rem) 0}
main{padding-bottom:4rem;display:grid;gap:2.25rem;grid-template-columns:minmax(0,1fr)}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0;padding:0}
h1{font-size:1.6rem;letter-spacing:-.015em}
h2{font-size:1.2rem;margin-bottom:.35rem}
h3{font-size:1rem}
.lead,.hint,.unit,.interval,.facts dt,figcaption{color:var(--soft)}
.hint{font-size:.9rem;margin-bottom:.75rem;max-width:72ch}
.unit,.interval,.way{font-size:.85em}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;list-style:none;padding-top:.6rem}
.facts{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.15rem 1rem;font-size:.9rem;overflow-wrap:anywhere;padding-top:.6rem}
code{font:.875em ui-monospace,"Cascadia Code","DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
details{padding-top:.5rem}
summary{cursor:pointer;font-size:.9rem;color:var(--soft)}
.verdict{border-left:6px solid var(--good);background:var(--good-wash);padding:.75rem 1rem;border-radius:8px;display:grid;gap:.35rem}
.verdict.failed{border-color:var(--alarm-ink);background:var(--alarm);color:var(--alarm-ink)}
.verdict ul{padding-left:1.2rem}
.notes{padding-left:1.2rem;font-size:.9rem;margin-top:.6rem}
.scroll{position:relative;overflow-x:auto;border:1px solid var(--hair);border-radius:12px;background:var(--card)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.94rem}
th,td{padding:.45rem .8rem;text-align:right;border-bottom:1px solid var(--hair);white-space:nowrap;vertical-align:baseline}
th:first-child,.text{text-align:left}
td.text{white-space:normal;min-width:14rem}
tr:last-child>*{border-bottom:0}
thead th{font-weight:600;color:var(--soft);font-size:.875rem}
tbody th{font-weight:600}
.best .value{font-weight:700;text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:3px}
.value{display:inline-block}
td .interval{display:block;line-height:1.2}
td.better{color:var(--good);font-weight:600}
td.worse{color:var(--bad);font-weight:600}
.failed-row td,.failed-row th{background:var(--alarm);color:var(--alarm-ink)}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:1rem}
.plots.wide{grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr))}
.plot,.frame{border:1px solid var(--hair);border-radius:12px;background:var(--card);padding:.9rem;min-width:0}
.plot h3{padding-bottom:.4rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font:12px system-ui,"Segoe UI","Noto Sans",sans-serif;fill:var(--ink)}
svg .tick{fill:var(--soft);font-size:11px;font-variant-numeric:tabular-nums}
svg .grid{stroke:var(--hair)}
svg .truth{stroke:var(--truth);stroke-dasharray:5 3;stroke-width:1.5}
.mark{fill:currentColor;stroke:var(--card)}
.mark.hollow{fill:var(--card);stroke:currentColor;stroke-width:2.5}
.whisker{stroke:currentColor;stroke-width:3;stroke-linecap:round;opacity:.55}
.curve{fill:none;stroke:currentColor;stroke-width:2}
.band{fill:currentColor;opacity:.13}
${SERIES.map((_, index) => `.s${index}{color:var(--s${index})}`).join('')}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;font-size:.9rem;padding-bottom:.75rem}
.legend svg{display:inline-block;width:14px;height:14px;vertical-align:-2px;margin-right:.35rem}
.frames{display:grid;gap:1rem}
.frame{display:grid;gap:.6rem}
.frame header{all:unset;display:flex;flex-wrap:wrap;gap:.1rem .9rem;align-items:baseline}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(46%,13rem),1fr));gap:.75rem}
.pictures img,.gone{display:block;width:100%;aspect-ratio:1;object-fit:contain;border-radius:8px;border:1px solid var(--hair);background:var(--ground)}
.gone{display:grid;place-items:center;padding:1rem;text-align:center;color:var(--soft)}
figcaption{font-size:.85rem;padding-top:.3rem}
figcaption details{padding:0}
.values{list-style:none}
figcaption strong{display:block;color:var(--ink);font-size:.94rem}
@media print{.scroll{overflow:visible}.frame,.plot{break-inside:avoid}}`;
