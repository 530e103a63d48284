import { Command, type Io, nonEmpty, write } from "@llm/platform/command";
import { formatBytes, formatCount, formatPercent } from "@llm/platform/terminal";
import type { CompleteGptConfig } from "../config.js";
import { layout, sizeOf } from "../layout.js";
import { memoryOf } from "./memory.js";
import { openStored, type StoredModel } from "./stored-model.js";

/** `gpt describe`: what a model is, from the heads of its files. */
export const describeCommand = (io: Io) =>
  new Command("describe")
    .summary("family, configuration, parameters by part, types, memory")
    .argument(
      "<model>",
      "a folder with config.json, a GGUF file, a ckpt.pt of nanoGPT, a .bin of llm.c",
      nonEmpty,
    )
    .option("--json", "all of it as JSON, the whole configuration too")
    .addHelpText("after", "\nExample:\n  gpt describe SmolLM2-135M")
    .action(async (path, { json }) => {
      const stored = await openStored(path);
      const parts = partsOf(stored.config);
      if (json) {
        const { format, kind, config, files } = stored;
        const facts = {
          path,
          format,
          kind,
          files,
          parameters: { total: total(parts), ...parts },
          types: Object.fromEntries(stored.types),
          memory: memoryOf(config),
          config,
        };
        await write(io.stdout, `${JSON.stringify(facts)}\n`);
      } else {
        const lines = linesOf(path, stored, parts);
        const width = Math.max(...lines.map(([title]) => title.length));
        const text = lines.map(([title, value]) => `${title.padEnd(width)}  ${value}`.trimEnd());
        await write(io.stdout, `${text.join("\n")}\n`);
      }
    });

type Parts = Readonly<Record<"embedding" | "attention" | "mlp" | "norms" | "other" | "head", number>>;

/** Parameters of each part; a head that is the embedding has none of its own. */
function partsOf(config: CompleteGptConfig): Parts {
  const parts = { embedding: 0, attention: 0, mlp: 0, norms: 0, other: 0, head: 0 };
  for (const { name, shape } of layout(config)) parts[partOf(name)] += sizeOf(shape);
  return parts;
}

function partOf(name: string): keyof Parts {
  if (/^w[tp]e\./.test(name)) return "embedding";
  if (name.startsWith("lm_head.")) return "head";
  if (/(ln_|_norm\.)/.test(name)) return "norms";
  if (name.includes(".attn.")) return "attention";
  return name.includes(".mlp.") ? "mlp" : "other";
}

const total = (parts: Parts) => Object.values(parts).reduce((sum, part) => sum + part, 0);

const FORMATS = {
  folder: "Hugging Face folder",
  gguf: "GGUF",
  nanogpt: "checkpoint of nanoGPT",
  llmc: "checkpoint of llm.c",
};

function linesOf(path: string, stored: StoredModel, parts: Parts): [string, string][] {
  const { format, kind, config, files, types } = stored;
  const { weights, decoding, training } = memoryOf(config);
  const share = (part: keyof Parts): [string, string] => [
    `  ${part}`,
    part === "head" && config.tied
      ? "the embedding"
      : `${formatCount(parts[part])} (${formatPercent(parts[part] / total(parts))})`,
  ];
  const inTypes = [...types].map(
    ([type, { numbers, bytes }]) => `${formatCount(numbers)} ${type}, ${formatBytes(bytes)}`,
  );
  const perhaps = (text: string, isSaid: boolean) => (isSaid ? text : "");
  const { nHead, nKvHead, headDim, mlp, position } = config;
  const windows = [...new Set(config.windows)].map((window) => (window > 0 ? formatCount(window) : "all"));
  return [
    ["model", path],
    ["form", `${FORMATS[format]}, ${kind}${perhaps(`, ${files.length} files`, files.length > 1)}`],
    ["stored", inTypes.join("; ")],
    ["parameters", formatCount(total(parts))],
    share("embedding"),
    share("attention"),
    share("mlp"),
    share("norms"),
    ...(parts.other > 0 ? [share("other")] : []),
    share("head"),
    ["vocabulary", formatCount(config.vocabSize)],
    [
      "context",
      `${formatCount(config.blockSize)} tokens${perhaps(`; windows ${windows.join(", ")}`, windows.join() !== "all")}`,
    ],
    ["layers", `${config.nLayer}, ${formatCount(config.nEmbd)} wide`],
    ["heads", `${nHead}, ${headDim} wide${perhaps(`; ${nKvHead} of keys and values`, nKvHead !== nHead)}`],
    ["MLP", `${mlp.kind}, ${formatCount(mlp.width)} wide, ${config.activation}`],
    ["norms", config.norm === "rms" ? "RMSNorm" : "LayerNorm"],
    ["positions", typeof position === "string" ? position : [...new Set(position)].join(" and ")],
    ["memory", `${formatBytes(weights)} for the weights in float32`],
    ["  decoding", `${formatBytes(decoding)} in all, for a text of ${formatCount(config.blockSize)} tokens`],
    [
      "  training",
      `${formatBytes(training)} in all, for a row of ${formatCount(config.blockSize)} with AdamW`,
    ],
  ];
}
