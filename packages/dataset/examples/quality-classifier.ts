// A classifier of your own: a few texts of two kinds train it, and it becomes a step.
import { documents, pipeline, qualityClassifier, trainClassifier } from "@llm/dataset";

const prose = [
  "The lake lies in a valley north of the town.",
  "Most people walk there in about an hour.",
  "Nobody knows who built the chapel on the island.",
  "The keeper of the inn answers questions in the morning.",
];
const notProse = [
  "Home | Products | Contact | Login",
  "Add to cart. Free shipping on orders over 50.",
  "Click here to subscribe and save 20 percent",
  "Share on social media | Print | Related products",
];
const labelled = [
  ...prose.map((text) => ({ text, label: "prose" })),
  ...notProse.map((text) => ({ text, label: "other" })),
];
const model = await trainClassifier(labelled, { dim: 8, bucket: 1000, epoch: 200, seed: 1 });

const p = pipeline(
  documents(["The people of the town walk to the chapel.", "Login | Cart | Free products"]),
  qualityClassifier(model, { label: "prose", threshold: 0.9 }),
);
const kept = p.docs({
  onDrop: ({ document, verdict }) => console.log(`${verdict.reason}: ${document.text}`),
});
for await (const { text } of kept) console.log(`kept: ${text}`);
console.log(`${model.save().length} bytes of a .bin that fastText opens`);

// Output:
// kept: The people of the town walk to the chapel.
// low_quality: Login | Cart | Free products
// 34857 bytes of a .bin that fastText opens
