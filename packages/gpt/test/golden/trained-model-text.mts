// Makes trained-model-text.json: the ids of the beginning of tinyshakespeare.txt for the tokenizer of the trained model.
//   npx tsx --conditions=@llm/source packages/gpt/test/golden/trained-model-text.mts <folder of the shared data>
import { readFileSync, writeFileSync } from "node:fs";
import { Tokenizer } from "@llm/bpe";

const data = process.argv[2]!;
const read = (name: string) => readFileSync(`${data}/${name}`, "utf8");
const tokenizer = await Tokenizer.openHF(JSON.parse(read("trained-model/tokenizer.json")));
const ids = tokenizer.encode(read("tinyshakespeare.txt").slice(0, 7000)).slice(0, 20 * 128 + 1);
writeFileSync(new URL("./trained-model-text.json", import.meta.url), `${JSON.stringify([...ids])}\n`);
