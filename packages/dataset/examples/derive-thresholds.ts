// Thresholds for a language that FineWeb-2 has none for, or for another kind of text. Clean texts of it and of English
// are measured; whatever share of the English ones a threshold for English keeps, that share of the others is kept. A few
// sentences show how; for use take some thousands of texts, such as an encyclopaedia's articles, one file a language.
import { deriveThresholds, documents, finewebMultilingual, pipeline } from "@llm/dataset";

const english = [
  "The lake lies in a valley to the north of the town.\nMost people that walk there have been there with friends.",
  "Nobody knows of the man who built the chapel.\nThe keeper of the inn and the miller have heard that it is old.",
  "In the morning the fishers go to the lake.\nBe there with the sun, and have some bread for the birds.",
];
const german = [
  "Der See liegt in einem Tal im Norden der Stadt.\nDie meisten gehen den Weg zu Fuß, und er dauert eine Stunde.",
  "Niemand weiß, wer die Kapelle auf der Insel gebaut hat.\nDer Wirt und der Müller haben gehört, dass sie alt ist.",
  "Am Morgen fahren die Fischer auf den See.\nWer mit der Sonne kommt, der hat den Weg und die Vögel für sich.",
];

const thresholds = await deriveThresholds({ language: "de", texts: german, english, stopWordShare: 0.05 });
// Plain data: write it to a JSON file once, and read it in every run.
const { duplicateLines, maxWordLength, stopWords } = thresholds;
console.log(`lines that may be repeated: ${duplicateLines}`);
console.log(`letters of a word, on average, at most: ${maxWordLength}`);
console.log(`stop words: ${stopWords.join(" ")}`);

const steps = finewebMultilingual({ de: thresholds });
console.log(
  pipeline(documents([]), ...steps)
    .steps.map(({ name }) => name)
    .join(" -> "),
);

// Output:
// lines that may be repeated: 0
// letters of a word, on average, at most: 4.143
// stop words: der den die und Der See Weg auf
// urlFilter -> extract -> language -> byLanguage
