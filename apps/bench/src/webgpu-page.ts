// The page of `npm run bench:webgpu-page`: our engine and its peers by turns, as a table with the adapter's name.
import { type Contender, compareOnGpu, type Line, means, ours, planHere } from "./webgpu-contenders.js";
import { jaxWebgpu, tfjsWebgpu } from "./webgpu-peers.js";

const say = (text: string) => {
  const line = document.createElement("p");
  line.textContent = text;
  document.body.append(line);
};

async function peer(name: string, make: () => Promise<Contender>): Promise<Contender[]> {
  try {
    return [await make()];
  } catch (error) {
    say(`${name} does not run here: ${(error as Error).message}`);
    return [];
  }
}

async function run(): Promise<void> {
  const { plan, isSoftware } = await planHere(
    Number(new URLSearchParams(location.search).get("rows") ?? 1024),
  );
  if (isSoftware) say("No graphics card but software: all is tiny, and no figure says anything.");
  const contenders = [
    ...(await ours()),
    ...(await peer("tfjs-webgpu", tfjsWebgpu)),
    ...(await peer("jax-js webgpu", jaxWebgpu)),
  ];
  for (const { name, device } of contenders) say(`${name}: ${device}`);
  const table = document.body.appendChild(document.createElement("table"));
  const row = (cells: readonly string[]) => {
    const line = table.insertRow();
    for (const cell of cells) line.insertCell().textContent = cell;
  };
  row(["of", "what", "rate", "unit"]);
  const lines: Line[] = [];
  for await (const line of compareOnGpu(contenders, plan)) {
    lines.push(line);
    if ("failed" in line) row([line.of.name, line.failed, "", ""]);
    else row([line.of.name, line.what, line.rate.toPrecision(3), line.unit]);
  }
  for (const { of, rate, ratio } of means(lines)) {
    row([of.name, "geometric mean of products", rate.toPrecision(3), "GFLOP/s"]);
    row([of.name, "the first is so many times as fast", ratio.toFixed(2), ""]);
  }
}

run()
  .catch((error: Error) => say(error.message))
  .finally(() => {
    document.body.dataset["done"] = "";
  });
