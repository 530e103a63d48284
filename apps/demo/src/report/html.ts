import { CHART_STYLE } from "@llm/platform/chart";
import { html } from "@llm/platform/html";

/** Text that is safe inside HTML elements and attributes. */
export function escapeHtml(text: string): string {
  return html`${text}`.markup;
}

/** A table; columns whose cells are numbers are set right. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cell = (value: string | number) =>
    typeof value === "number" ? `<td class="number">${value}</td>` : `<td>${escapeHtml(value)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(caption)}"><table>
<caption>${escapeHtml(caption)}</caption>
<thead><tr>${head.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join("")}</tr></thead>
<tbody>
${body}
</tbody></table></div>`;
}

/** A picture, what it shows in words, and the same as a table to unfold. */
export function figure(picture: string, caption: string, data: string): string {
  return `<figure>
${picture}
<figcaption>${escapeHtml(caption)}</figcaption>
<details><summary>The same as a table</summary>
${data}
</details>
</figure>`;
}

/** One of several contents, by a row of stops that the arrow keys move along; the last is shown at first. It needs no script. */
export function slider(
  legend: string,
  name: string,
  stops: readonly { readonly label: string; readonly content: string }[],
): string {
  const last = stops.length - 1;
  const inputs = stops.map(
    ({ label }, i) =>
      `<input type="radio" name="${name}" id="${name}-${i}"${i === last ? " checked" : ""}><label for="${name}-${i}">${escapeHtml(label)}</label>`,
  );
  const shown = stops.map((_, i) => `#${name}-${i}:checked~.stops>:nth-child(${i + 1})`);
  return `<style>${shown.join(",")}{display:block}</style>
<fieldset class="slider"><legend>${escapeHtml(legend)}</legend>
${inputs.join("\n")}
<div class="stops">
${stops.map(({ content }) => `<div>${content}</div>`).join("\n")}
</div></fieldset>`;
}

/** A part of the page. */
export function section(title: string, ...content: readonly string[]): string {
  const id = title.toLowerCase().replace(/[^a-z]+/g, "-");
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(title)}</h2>
${content.join("\n")}
</section>`;
}

/** The whole page, which loads nothing from anywhere. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --line: #c9d0d8; --paper: #ffffff; --wash: #f3f5f8;
  --one: #1f5fbf; --two: #b3401a; --three: #6b4fa0; --four: #2c7a3f; --drop: #b8402a; --limit: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebee; --soft: #a2adb8; --line: #3c454e; --paper: #14181c;
  --wash: #1d2328; --one: #79b0ff; --two: #ff9d73; --three: #c3a8f5; --four: #7fd394; --drop: #f07c63; --limit: #e5b454; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
figure { margin: 1rem 0; } figcaption, .note { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; max-height: 26rem; }
table { border-collapse: collapse; font-size: .9rem; min-width: 50%; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td:not(.number) { min-width: 7.5rem; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--one); }
:focus-visible { outline: 2px solid var(--one); outline-offset: 2px; }
pre, .tokens { background: var(--wash); padding: .8rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 14px/1.7 ui-monospace, monospace; }
.tokens span { border-radius: 3px; padding: .1rem 0; box-decoration-break: clone; }
.tokens span:hover { outline: 2px solid var(--ink); }
.t0 { background: #1f5fbf33; } .t1 { background: #b3401a33; } .t2 { background: #6b4fa033; } .t3 { background: #2c7a3f33; } .t4 { background: #8a6d0033; }
.tries { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .3rem; padding: 0; list-style: none;
  font: 14px/1.5 ui-monospace, monospace; }
.tries li { padding: .2rem .5rem; border-radius: 4px; overflow-wrap: anywhere; } .right { background: #2c7a3f33; } .wrong { background: #b3401a33; }
.slider { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; margin: 1rem 0; min-width: 0; }
.slider > input { width: 1.5rem; height: 1.5rem; margin: 0; vertical-align: middle; accent-color: var(--one); }
.slider > label { display: inline-block; padding: .2rem .8rem .2rem .3rem; font-size: .9rem; }
.stops > * { display: none; } @media print { .stops > * { display: block; } }
.big { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; padding: 0; list-style: none; }
.big strong { display: block; font-size: 1.6rem; line-height: 1.2; }
${CHART_STYLE}`;
