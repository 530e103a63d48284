import { choices, regex } from "@llm/sample/constraints";
import { complete, modelOf, uniform } from "@llm/sample";
import ranks from "gpt-tokenizer/bpeRanks/r50k_base";
const enc = new TextEncoder();
const bytes = (ranks as (string|number[])[]).map(r => typeof r === "string" ? enc.encode(r) : Uint8Array.from(r));
export const tokenizer = { vocabSize: 50257, encode: (t: string) => new Uint32Array([50256]), decode: (ids: ArrayLike<number>) => Buffer.concat(Array.from(ids, i => bytes[i] ?? new Uint8Array())).toString(), decoder() { const d = new TextDecoder("utf-8", {ignoreBOM:true}); return { write: (id: number) => d.decode(bytes[id] ?? new Uint8Array(), { stream: true }), end: () => d.decode() }; }, tokenBytes: (id: number) => bytes[id] ?? enc.encode("<|endoftext|>"), specialTokens: new Map([["<|endoftext|>", 50256]]) };
const model = modelOf(() => new Float32Array(50257), { vocabSize: 50257, blockSize: 400, endOfText: 50256 });
import { readFileSync } from "node:fs";
import { jsonSchema } from "@llm/sample/constraints";
const S: Record<string, unknown> = { zod: JSON.parse(readFileSync("/tmp/xg/zod.json", "utf8")),
 object: {type:"object",properties:{name:{type:"string"},age:{type:"integer"}},required:["name","age"],additionalProperties:false},
 recursive: {$ref:"#/$defs/N",$defs:{N:{type:"object",properties:{v:{type:"string"},c:{type:"array",items:{$ref:"#/$defs/N"}}},required:["v","c"],additionalProperties:false}}},
 enum1000: {enum:Array.from({length:1000},(_,i)=>"value-"+i*7919)},
 minmax: {type:"object",properties:{s:{type:"string",minLength:3,maxLength:20}},required:["s"],additionalProperties:false},
 pattern: {type:"object",properties:{s:{type:"string",pattern:"^[A-Z][a-z]{2,10}-\\d{3}$"}},required:["s"],additionalProperties:false},
 long: {type:"string",maxLength:2000}, any: {}, open: {type:"object",properties:{a:{type:"integer",minimum:3,maximum:117},b:{type:"number",minimum:0.5,exclusiveMaximum:2}}},
 tuple: {prefixItems:[{type:"null"},{type:"boolean"}],type:"array",items:{type:"integer",minimum:-5,maximum:5},minItems:1,maxItems:4},
 opt100: {type:"object",properties:Object.fromEntries(Array.from({length:100},(_,i)=>["prop"+i,{type:"string"}])),additionalProperties:false},
};
for (const [name, schema] of Object.entries(S)) {
  let t = performance.now(); const con = jsonSchema(schema as object); const ct = performance.now() - t; t = performance.now(); con.begin(tokenizer).mask(); const ft = performance.now() - t;
  for (let seed = 0; seed < 3; seed++) { const r = await complete(model, tokenizer, [1], { seed, constraint: con, maxTokens: 100 }); console.log(name, ct.toFixed(1), ft.toFixed(1), r.text.slice(0, name === "zod" ? 1000: 200), r.finishReason, r.stoppedBy); }
}
