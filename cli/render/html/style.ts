/** The style of a plan's page: calm, wide and narrow, light and dark, on paper. `</style` must not be in it. */

/** Paper shows what is folded, but for the lists of summarised directories. */
export const STYLE = `
:root {
  --page: #f7f7f5; --card: #ffffff; --text: #1f2328; --faint: #646c76; --line: #e3e4e1; --focus: #2f6fb3;
  --added: #1a7040; --added-back: #e8f5ec; --removed: #b0302a; --removed-back: #fcecea;
  --changed: #86600a; --moved: #2a62a8; --code: #f1f1ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --card: #191c20; --text: #e4e6e9; --faint: #969ea8; --line: #2b2f35; --focus: #79b0e8;
    --added: #6cc892; --added-back: #16291e; --removed: #f0908a; --removed-back: #321b1b;
    --changed: #d8b15c; --moved: #86b4ee; --code: #22262b;
  }
}
* { box-sizing: border-box; }
html { background: var(--page); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
body { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
code, .hunks, dd, .place, .number { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code, .hunks, dd { font-size: 0.867rem; unicode-bidi: isolate; }
[hidden] { display: none !important; }
header p, h1 { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; overflow-wrap: anywhere; }
.brand { color: var(--faint); font-size: 0.8rem; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; }
.sum { margin-top: 0.6rem; font-size: 1.067rem; }
.facts, footer { color: var(--faint); font-size: 0.867rem; }
h2 { margin: 2.2rem 0 0.6rem; font-size: 0.867rem; font-weight: 600; color: var(--faint); }
footer { margin-top: 2.5rem; }
.tools { position: sticky; top: 0; z-index: 1; display: flex; gap: 0.6rem; align-items: center; margin: 1.2rem -0.5rem -1rem; padding: 0.6rem 0.5rem; background: var(--page); }
input, button { font: inherit; font-size: 0.933rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.35rem 0.7rem; }
input { flex: 1; min-width: 6rem; }
button { cursor: pointer; white-space: nowrap; color: var(--faint); }
button:hover { color: var(--text); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
output:empty { display: none; }
output { color: var(--faint); font-size: 0.867rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
.list { background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; overflow: clip; }
.list > :not([hidden]) ~ :not([hidden]) { border-top: 1px solid var(--line); }
.inner { border-radius: 0.35rem; }
.row { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.7rem; padding: 0.42rem 0.9rem 0.42rem 2rem; position: relative; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: color-mix(in srgb, var(--line) 30%, transparent); }
summary::before { content: ""; position: absolute; left: 0.95rem; top: 0.98rem; width: 0.38rem; height: 0.38rem; border: solid var(--faint); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg); }
details[open] > summary::before { transform: rotate(45deg) translate(-1px, -1px); }
.name { overflow-wrap: anywhere; min-width: 0; }
.name code { font-size: 0.9rem; }
.group > summary .name code { font-weight: 600; }
.details, .more { color: var(--faint); font-size: 0.867rem; overflow-wrap: anywhere; min-width: 0; }
.more { flex-basis: 100%; padding-left: 1.5rem; }
details[open] > summary > .more { display: none; }
.sign { flex: none; width: 0.8rem; text-align: center; font-weight: 700; font-family: ui-monospace, Menlo, Consolas, monospace; }
.added > .row .sign, .row.added .sign { color: var(--added); }
.removed > .row .sign, .row.removed .sign { color: var(--removed); }
.changed > .row .sign, .row.changed .sign { color: var(--changed); }
.moved > .row .sign, .row.moved .sign { color: var(--moved); }
.removed > .row .name, .row.removed .name { color: var(--removed); }
.number { flex: none; min-width: 1.6rem; text-align: right; color: var(--faint); font-size: 0.8rem; }
.place { margin-left: auto; color: var(--faint); font-size: 0.8rem; white-space: nowrap; }
.quiet .name { color: var(--faint); }
.marks { display: contents; }
.mark { font-size: 0.75rem; color: var(--changed); border: 1px solid currentColor; border-radius: 1rem; padding: 0 0.5rem; white-space: nowrap; }
.what { flex: none; min-width: 5.5rem; color: var(--faint); font-size: 0.867rem; }
.source { padding-left: 0.9rem; }
.body { padding: 0.1rem 0.9rem 0.8rem 2rem; }
.note { margin: 0.2rem 0; color: var(--faint); font-size: 0.867rem; overflow-wrap: anywhere; }
dl { margin: 0.3rem 0; display: grid; gap: 0.15rem; }
dl > div { display: grid; grid-template-columns: minmax(5rem, 9rem) 1fr; gap: 0.8rem; }
dt { color: var(--faint); font-size: 0.867rem; overflow-wrap: anywhere; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
del { color: var(--removed); text-decoration-thickness: 1px; }
ins { color: var(--added); text-decoration: none; }
.tree { margin: 0.2rem 0 0.5rem; padding: 0; list-style: none; color: var(--faint); overflow-wrap: anywhere; }
.actions { margin: 0.4rem 0 0; padding: 0; list-style: none; display: grid; gap: 0.5rem; }
.actions li { background: var(--code); border-radius: 0.35rem; padding: 0.4rem 0.7rem; }
.actions p { margin: 0; display: flex; gap: 0.7rem; }
.hunks { width: 100%; border-collapse: collapse; border-radius: 0.35rem; overflow: clip; background: var(--code); line-height: 1.45; }
.hunks td { padding: 0 0.7rem 0 0.4rem; vertical-align: top; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.hunks td[data-n], .hunk td { width: 1%; }
.hunk td:last-child { width: auto; }
.hunks td[data-n] { text-align: right; color: var(--faint); white-space: nowrap; padding: 0 0.2rem 0 0.6rem; user-select: none; opacity: 0.8; }
.hunks td[data-n]::before { content: attr(data-n); }
.hunks .added { background: var(--added-back); color: var(--added); }
.hunks .removed { background: var(--removed-back); color: var(--removed); }
.hunk { color: var(--faint); }
.hunk td { padding-top: 0.25rem !important; padding-bottom: 0.15rem !important; }
.hunks + dl { margin-top: 0.6rem; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 0.8rem 3rem; }
  h1 { font-size: 1.25rem; }
  .row { padding-right: 0.7rem; }
  .row > .details { flex-basis: 100%; padding-left: 1.5rem; }
  .source > .details { padding-left: 0; }
  .body { padding-left: 0.7rem; padding-right: 0.7rem; }
  .tools { flex-wrap: wrap; }
  input { flex-basis: 100%; }
  dl > div { grid-template-columns: 1fr; gap: 0; }
  .hunks td:first-child { display: none; }
}
@media print {
  :root {
    --page: #fff; --card: #fff; --text: #000; --faint: #555; --line: #ccc; --code: #fff;
    --added: #14532d; --added-back: #fff; --removed: #8f1d18; --removed-back: #fff; --changed: #6b4a00; --moved: #1d4a85;
  }
  html { font-size: 11px; }
  body { max-width: none; padding: 0; }
  .tools { display: none; }
  details:not(.group)::details-content { content-visibility: visible; block-size: auto; }
  .group:not([open]) details::details-content { content-visibility: hidden; }
  summary::before { display: none; }
  .row, .actions li, .hunks tr { break-inside: avoid; }
  summary, h2 { break-after: avoid; }
  .list, .hunks { overflow: visible; }
}
`;
