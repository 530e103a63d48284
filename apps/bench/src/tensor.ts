// One training step (forward, backward, clipping, AdamW) of four models: our engines beside PyTorch and what else trains in
// JavaScript, each in a process of its own, by turns. The fastest step of each counts, and all must get the same losses.
// `npm run bench:tensor [-- <part of a heat's title> ..]`
import { type Heat, heats, threads } from "./step/contestants.js";
import { Entrant } from "./step/entrant.js";
import { gigaflop, type Model, models, parameterCount } from "./step/model.js";

/** Seconds: of one turn, of all turns of a contestant that is slow, and of everything. */
const [TURN, SLOW, TOTAL] = [0.6, 15, 13 * 60];
const ROUNDS = 3;
/** Of the first losses. AdamW divides small gradients by themselves, which makes rounding grow from the second on. */
const TOLERANCE = [1e-3, 1e-2, 1e-2];
const asked = process.argv.slice(2);
const nameOf = ({ layers, heads, width, length, batch, vocabulary }: Model) =>
  `L${layers} H${heads} C${width} T${length} B${batch} V${vocabulary}`;

function check(entrant: Entrant, first: Entrant): void {
  const wrong = entrant.losses.findIndex((loss, i) => !(Math.abs(loss - first.losses[i]!) <= TOLERANCE[i]!));
  if (entrant.failure || wrong < 0) return;
  entrant.failure = `loss ${entrant.losses[wrong]} at step ${wrong + 1}, ${first.name} has ${first.losses[wrong]}`;
  process.exitCode = 1;
}

async function train({ contestants }: Heat, model: Model): Promise<Entrant[]> {
  const able = contestants.filter(({ most = Number.POSITIVE_INFINITY }) => gigaflop(model) <= most);
  const entrants: Entrant[] = [];
  for (const each of able) {
    const entrant = new Entrant(each, model);
    entrants.push(entrant);
    do await entrant.turn(0);
    while (!entrant.failure && entrant.losses.length < TOLERANCE.length && entrant.spent < SLOW);
    check(entrant, entrants.find(({ failure }) => !failure) ?? entrant);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const entrant of entrants) if (entrant.spent < SLOW) await entrant.turn(TURN);
  }
  for (const entrant of entrants) entrant.stop();
  return entrants;
}

/** Of every peer and model, how many times as fast the first two of the heat are. */
const ratios = new Map<string, Map<Model, string>>();

function print({ title }: Heat, model: Model, entrants: Entrant[]): void {
  const tokens = model.batch * model.length;
  const best = entrants.map(({ seconds }) => Math.min(...seconds));
  console.log(`\n${title}`);
  const titles = ["ms", "tokens/s", "GFLOP/s", "native is", "wasm is", "steps"];
  console.log(`  ${"".padEnd(32)}${titles.map((each) => each.padStart(10)).join("")}`);
  for (const [i, { name, failure, seconds }] of entrants.entries()) {
    if (failure) {
      console.log(`  ${name.padEnd(32)}  ${failure.slice(0, 100)}`);
      if (i > 1) ratios.set(name, (ratios.get(name) ?? new Map()).set(model, "fails"));
      continue;
    }
    const [byNative, byWasm] = best.map((own) => `${(best[i]! / own).toFixed(2)}x`);
    const rates = [best[i]! * 1e3, tokens / best[i]!, gigaflop(model) / best[i]!].map((rate) =>
      rate.toFixed(1),
    );
    const cells = [...rates, byNative!, byWasm!, `${seconds.length}`].map((cell) => cell.padStart(10));
    console.log(`  ${name.padEnd(32)}${cells.join("")}`);
    if (i > 1) ratios.set(name, (ratios.get(name) ?? new Map()).set(model, `${byNative} ${byWasm}`));
  }
}

console.log(`${threads} threads; the fastest step of each`);
const contested = heats().filter(
  ({ title }) => asked.length === 0 || asked.some((part) => title.includes(part)),
);
let late = false;
for (const model of models) {
  const size = `${(parameterCount(model) / 1e6).toFixed(1)} M parameters, ${gigaflop(model).toFixed(0)} GFLOP a step`;
  console.log(`\n${nameOf(model)}: ${size}`);
  for (const heat of contested) {
    late ||= performance.now() > 1000 * TOTAL;
    if (late) console.log(`Skipped: ${heat.title}; ${TOTAL / 60} minutes are over`);
    else print(heat, model, await train(heat, model));
  }
}

console.log("\ntimes as fast as the peer: native, wasm");
console.log(`${"".padEnd(34)}${models.map((model) => nameOf(model).padStart(28)).join("")}`);
for (const [name, of] of ratios) {
  console.log(`${name.padEnd(34)}${models.map((model) => (of.get(model) ?? "").padStart(28)).join("")}`);
}
process.exit();
