// Five documents go in; the statistics say where each of the others went.
import {
  c4Quality,
  documents,
  exactDedup,
  finewebQuality,
  gopherQuality,
  gopherRepetition,
  language,
  pii,
  pipeline,
} from "@llm/dataset";

const lake = `The lake lies in a valley north of the town, and the path to it starts behind the church.
Most people walk there in about an hour, and they have the whole shore to themselves in spring.
In summer a small boat brings visitors to the island. Nobody knows who built the chapel that stands on it.
The keeper answers questions: write to keeper@lake.example.net, or ask at the inn. It is open all year.`;

const p = pipeline(
  documents([
    lake,
    "Der See liegt in einem Tal nördlich der Stadt, und der Weg dorthin beginnt hinter der Kirche.",
    "Buy now! Best price! ".repeat(40),
    lake.replace("the island", "{{ destination }}"),
    lake,
  ]),
  language(["en"]),
  gopherRepetition(),
  gopherQuality(),
  c4Quality(),
  finewebQuality(),
  exactDedup(),
  pii(),
);

for await (const { id, text } of p.docs()) {
  console.log(`kept document ${id}, which ends in: ${text.split("\n").at(-1)}\n`);
}
for (const { name, in: taken, out, dropped } of p.stats()) {
  console.log(name.padEnd(18), `${taken} -> ${out}`, ...Object.keys(dropped));
}

// Output:
// kept document 0, which ends in: The keeper answers questions: write to email@example.com, or ask at the inn. It is open all year.
//
// documents          5 -> 5
// language           5 -> 4 language
// gopherRepetition   4 -> 3 top_2_gram
// gopherQuality      3 -> 3
// c4Quality          3 -> 2 curly_bracket
// finewebQuality     2 -> 2
// exactDedup         2 -> 1 duplicate
// pii                1 -> 1
