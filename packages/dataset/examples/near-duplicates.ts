import { documents, minhashDedup, pipeline } from "@llm/dataset";

const story =
  "The lighthouse keeper wrote down the weather every evening for forty years, and when he died they found " +
  "that he had never missed a day, not in the storms, not in the war, and not on the night his daughter was born.";
const texts = [
  story,
  story.replace("forty", "thirty"), // one word changed: nearly all shingles of five words are shared
  "A recipe for bread: flour, water, salt, and time; the dough rests overnight and is folded in the morning.",
  story.toUpperCase().replaceAll(",", " --"), // case and punctuation do not count
];

const deduplicated = pipeline(documents(texts), minhashDedup());
for await (const { id, text } of deduplicated.docs({
  onDrop: ({ document, verdict }) =>
    console.log(`dropped ${document.id}: ${verdict.reason}, ${verdict.metric} ${verdict.value}`),
})) {
  console.log(`kept ${id}: ${text.slice(0, 30)}..`);
}

// Output:
// kept 0: The lighthouse keeper wrote do..
// dropped 1: near_duplicate, duplicate of 0
// kept 2: A recipe for bread: flour, wat..
// dropped 3: near_duplicate, duplicate of 0
