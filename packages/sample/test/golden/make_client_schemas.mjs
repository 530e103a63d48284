// Writes client-schemas.json: what zod 4.6.7, openai 6.49.0 and ai 6.0.326 make of these schemas.
// npm install zod@4.6.7 openai@6.49.0 ai@6.0.326 && node make_client_schemas.mjs > client-schemas.json
import { Output } from "ai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const strict = {
  name: z.string(),
  age: z.number().int(),
  score: z.number().min(0).max(10),
  email: z.email(),
  when: z.iso.datetime(),
  day: z.iso.date(),
  at: z.iso.time(),
  id: z.uuid(),
  address: z.ipv4(),
  code: z.string().regex(/^\d+$/),
  label: z.string().min(1).max(5),
  tags: z.array(z.string()).max(3),
  kind: z.enum(["a", "b"]),
  three: z.literal(3),
  note: z.string().nullable(),
  maybe: z.object({ a: z.string() }).nullable(),
  either: z.union([z.string(), z.object({ x: z.boolean() })]),
  tagged: z.discriminatedUnion("type", [
    z.object({ type: z.literal("circle"), radius: z.number().positive() }),
    z.object({ type: z.literal("square"), side: z.int().gt(3).lt(90) }),
  ]),
  joined: z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
};
const loose = {
  ...strict,
  optional: z.string().optional(),
  otherwise: z.string().default("x"),
  pair: z.tuple([z.string(), z.int32()]),
  record: z.record(z.string(), z.number()),
  marks: z.record(z.enum(["x", "y"]), z.boolean()),
  anything: z.unknown(),
};
const tree = z.object({
  value: z.string(),
  get children() {
    return z.array(tree);
  },
});
const aiSchema = async (output) => (await output.responseFormat).schema;

console.log(
  JSON.stringify({
    zod: z.toJSONSchema(z.object(loose)),
    "zod, draft 7": z.toJSONSchema(z.object(loose), { target: "draft-7" }),
    "zod, a tree": z.toJSONSchema(tree),
    zodResponseFormat: zodResponseFormat(z.object(strict), "answer").json_schema.schema,
    "zodResponseFormat, a tree": zodResponseFormat(tree, "answer").json_schema.schema,
    zodTextFormat: zodTextFormat(z.object({ steps: z.array(z.object({ text: z.string() })) }), "answer").schema,
    "Output.object": await aiSchema(Output.object({ schema: z.object(loose) })),
    "Output.object, a tree": await aiSchema(Output.object({ schema: tree })),
    "Output.array": await aiSchema(Output.array({ element: z.object({ name: z.string() }) })),
    "Output.choice": await aiSchema(Output.choice({ options: ["sunny", "rainy"] })),
  }),
);
