// Why would FineWeb drop this page? Every check of every step, not only the first that fails.
import { explain, fineweb } from "@llm/dataset";

const page = `Cookie policy: we use cookies.
Home
Shop
The lake lies in a valley north of the town, and the path to it starts behind the church.
Most people walk there in about an hour, and have the whole shore to themselves in spring!
Please enable JavaScript to see the map of the lake.`;

const explanation = await explain(fineweb(), page);

console.log(`${explanation}`);
console.log(`\nThe text that C4's rules leave:\n${explanation.document.text}`);

// Output:
// dropped by c4Quality: too_few_sentences (sentences 2, min 5)
// urlFilter
//   ✓ url                           none
// extract
// language
//   ✓ language                      en      en
//   ✓ languageScore                 0.8     min 0.65
// gopherRepetition
//   ✓ characters                    274     min 1
//   ✓ duplicateParagraphs           0       max 0.3
//   ✓ duplicateParagraphCharacters  0       max 0.2
//   ✓ duplicateLines                0       max 0.3
//   ✓ duplicateLineCharacters       0       max 0.2
//   ✓ top2gram                      0.0438  max 0.2
//   ✓ top3gram                      0.0547  max 0.18
//   ✓ top4gram                      0.0657  max 0.16
//   ✓ duplicate5grams               0       max 0.15
//   ✓ duplicate6grams               0       max 0.14
//   ✓ duplicate7grams               0       max 0.13
//   ✓ duplicate8grams               0       max 0.12
//   ✓ duplicate9grams               0       max 0.11
//   ✓ duplicate10grams              0       max 0.1
// gopherQuality
//   ✓ words                         53      min 50
//   ✓ words                         53      max 100000
//   ✓ wordLength                    4.06    min 3
//   ✓ wordLength                    4.06    max 10
//   ✓ hashes                        0       max 0.1
//   ✓ ellipses                      0       max 0.1
//   ✓ bulletLines                   0       max 0.9
//   ✓ ellipsisLines                 0       max 0.3
//   ✓ alphabeticWords               0.883   min 0.8
//   ✓ stopWords                     5       min 2
// c4Quality (rewrites the text: 274 to 180 characters)
//   ✓ loremIpsum                    0       max 0
//   ✓ curlyBrackets                 0       max 0
//   ✓ removedLines.fewWords         2
//   ✓ removedLines.javascript       1
//   ✓ removedLines.policy           1
//   ✗ sentences                     2       min 5
//   - Cookie policy: we use cookies.
//   - Home
//   - Shop
//   - Please enable JavaScript to see the map of the lake.
// finewebQuality
//   ✓ lines                         2       min 1
//   ✓ terminalLines                 1       min 0.12
//   ✓ shortLines                    0       max 0.67
//   ✓ duplicateCharacters           0       max 0.01
//   ✓ newlines                      0.025   max 0.3
//
// The text that C4's rules leave:
// The lake lies in a valley north of the town, and the path to it starts behind the church.
// Most people walk there in about an hour, and have the whole shore to themselves in spring!
