import { writeFile } from "node:fs/promises";
import { library } from "../../.config/tsup.js";
import { ENCODING } from "./src/encoding.generated.js";
import { moduleBytes } from "./src/module-text.js";
import { TRAINING } from "./src/training.generated.js";

const types = "declare const module: WebAssembly.Module;\nexport default module;\n";

export default library(
  [
    "src/index.ts",
    "src/characters.ts",
    "src/expressions.ts",
    "src/node.ts",
    "src/template.ts",
    "src/cli/main.ts",
  ],
  {
    // For hosts that compile WebAssembly before a program runs.
    async onSuccess() {
      for (const [name, text] of Object.entries({ encoding: ENCODING, training: TRAINING })) {
        await writeFile(`dist/${name}.wasm`, moduleBytes(text));
        await writeFile(`dist/${name}.d.wasm.ts`, types);
      }
    },
  },
);
