import { CHART_STYLE } from "@llm/platform/chart";

/** Colours from the system, in the light and in the dark; what is dropped is hatched too, for those who see no red. */
export const STYLE = `${CHART_STYLE}:root{color-scheme:light dark;--ink:#1c2330;--soft:#5b6675;--paper:#fff;--wash:#f5f7fa;--line:#d8dee6;--one:#2f6db3;--drop:#c8472f;--limit:#8a5a00}
@media (prefers-color-scheme:dark){:root{--ink:#e4e9f0;--soft:#9aa6b5;--paper:#14181f;--wash:#1d232c;--line:#343d4a;--one:#6aa5e8;--drop:#f07c63;--limit:#e5b454}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1.5rem;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:0}
p{margin:.4rem 0}small,.lead{color:var(--soft)}
a{color:inherit}a:focus-visible,summary:focus-visible,pre:focus-visible,input:focus-visible+label{outline:2px solid var(--one);outline-offset:2px}
section{border-top:1px solid var(--line);padding:1.2rem 0}
.scroll{overflow-x:auto}
.unit{position:absolute;opacity:0}.unit+label{display:inline-block;padding:.15rem .7rem;border:1px solid var(--line);border-radius:1rem;cursor:pointer}
.unit:checked+label{background:var(--one);border-color:var(--one);color:var(--paper)}
.funnel:has(#by-characters:checked) .by-documents,.funnel:not(:has(#by-characters:checked)) .by-characters{display:none}
table{border-collapse:collapse;font-size:.87rem;margin:.4rem 0}th,td{padding:.15rem .7rem .15rem 0;text-align:left;vertical-align:top}
th{font-weight:600;color:var(--soft)}caption{text-align:left;white-space:nowrap;color:var(--soft)}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.value{overflow-wrap:anywhere}
summary{cursor:pointer}.reason{margin:.35rem 0}
.bar{display:block;height:.4rem;background:var(--wash);border-radius:.2rem;overflow:hidden}.bar span{display:block;height:100%;min-width:2px;background:var(--drop)}
article{margin:.6rem 0 .6rem 1rem;overflow-wrap:anywhere}
pre{margin:.3rem 0;padding:.6rem;max-height:14rem;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--wash);border-radius:.3rem;font-size:.82rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1rem;margin-top:.6rem}
figure{margin:0;padding:.7rem;background:var(--wash);border-radius:.4rem;min-width:0}figcaption{margin-bottom:.3rem;font-size:.87rem}
figcaption .limit{color:var(--limit)}
figure details{font-size:.87rem;margin-top:.3rem}
`;
