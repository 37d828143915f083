import { COLOURS } from '../report/html/style.js';

export const STYLE = `${COLOURS}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.45 system-ui,"Segoe UI","Noto Sans","Helvetica Neue",sans-serif}
main{max-width:96rem;margin:0 auto;padding:1rem clamp(.75rem,3vw,2rem) 3rem}
h1,h2,p,fieldset,figure{margin:0;padding:0}
h1{font-size:1.3rem}
h2{font-size:1rem}
.hint,figcaption{color:var(--soft);font-size:.9rem}
progress{width:100%;height:.6rem;margin:.6rem 0;accent-color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.sides{display:grid;grid-template-columns:minmax(12rem,22rem) minmax(0,1fr);gap:1.25rem;align-items:start;margin-top:1rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:1rem}
.card{display:grid;gap:.6rem;padding:.75rem;border:1px solid var(--hair);border-radius:12px;background:var(--card)}
img{display:block;width:100%;aspect-ratio:1;object-fit:contain;border-radius:8px;background:var(--ground)}
.pose{position:sticky;top:1rem;display:grid;gap:.4rem}
fieldset{border:0;min-width:0}
legend{font-size:.9rem;color:var(--soft);padding:0 0 .2rem}
.ranks{display:flex;gap:.35rem;flex-wrap:wrap}
.ranks label{position:relative;display:block}
.ranks input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.ranks span{display:grid;place-items:center;min-width:2.6rem;height:2.6rem;border:1px solid var(--edge);border-radius:8px;background:var(--ground)}
.ranks input:checked+span{background:var(--accent);border-color:var(--accent);color:var(--card);font-weight:700}
.ranks input.twice+span{background:var(--alarm);border-color:var(--alarm-ink);color:var(--alarm-ink)}
.ranks input:focus-visible+span{outline:3px solid var(--accent);outline-offset:2px}
.act{position:sticky;bottom:0;display:flex;gap:.75rem;align-items:center;flex-wrap:wrap;padding:.75rem 0;background:var(--ground)}
button,a.button{min-height:2.75rem;padding:.4rem 1.2rem;border:1px solid var(--edge);border-radius:8px;background:var(--card);color:var(--ink);font:inherit;text-decoration:none;display:inline-grid;place-items:center;cursor:pointer}
.primary{border-color:var(--accent);background:var(--accent);color:var(--card);font-weight:650}
[role=alert]{padding:.6rem .9rem;border-left:5px solid var(--alarm-ink);border-radius:6px;background:var(--alarm);color:var(--alarm-ink);margin-top:.75rem}
pre{overflow-x:auto;padding:1rem;border:1px solid var(--hair);border-radius:12px;background:var(--card)}
@media (max-width:48rem){.sides{grid-template-columns:minmax(0,1fr)}.pose{position:static;max-width:18rem}}`;

/** Marks ranks that two pictures have; nothing is chosen for anyone. The page works without, too. */
export const SCRIPT = `const mark = () => {
  const chosen = [...document.querySelectorAll('input:checked')];
  for (const input of document.querySelectorAll('input')) {
    const same = chosen.filter((other) => other.dataset.by === input.dataset.by && other.value === input.value);
    input.classList.toggle('twice', input.checked && same.length > 1);
  }
};
document.addEventListener('change', mark);
mark();
`;
