/** How a report looks: readable light and dark, wide and narrow, and on paper. Nothing comes from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2329; --dim: #5b6570; --paper: #ffffff; --line: #d8dde2;
  --good: #17663a; --goodpaper: #e6f4ec; --bad: #9b1c1c; --badpaper: #fdecec; --open: #7a4b00; --openpaper: #fff4dd; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --dim: #a0aab4; --paper: #15191d; --line: #343c44;
  --good: #8fdcb0; --goodpaper: #12301f; --bad: #ffb0b0; --badpaper: #3b1517; --open: #ffd591; --openpaper: #382808; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; overflow-wrap: anywhere; }
.result { padding: 0.8rem 1rem; border-left: 0.3rem solid; border-radius: 0.25rem; font-weight: 600; }
.closes { color: var(--good); background: var(--goodpaper); }
.open { color: var(--bad); background: var(--badpaper); }
.unfinished { color: var(--open); background: var(--openpaper); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.25rem; margin: 1.5rem 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 0.75rem 0; }
th, td { padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
thead th { color: var(--dim); font-weight: 600; font-size: 0.85rem; }
tfoot th, tfoot td { font-weight: 700; }
.n { overflow-wrap: normal; text-align: right; font-variant-numeric: tabular-nums; }
th[scope=row] { font-weight: 600; overflow-wrap: anywhere; }
small { display: block; color: var(--dim); font-weight: 400; overflow-wrap: anywhere; }
.trouble { color: var(--bad); }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
@media (max-width: 60rem) {
  .wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .wide tr { display: block; border-bottom: 2px solid var(--line); padding: 0.6rem 0; }
  .wide th, .wide td { display: block; border: 0; padding: 0.1rem 0; text-align: left; }
  .wide td::before { content: attr(data-title) ": "; color: var(--dim); font-weight: 400; }
  dl { display: block; } dd { margin: 0 0 0.5rem; }
}
@media print { body { max-width: none; padding: 0; font-size: 9pt; } tr, h3 { break-inside: avoid; break-after: auto; }
  h2, h3 { break-after: avoid; } thead { display: table-header-group; } }
`;
