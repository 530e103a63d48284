import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testMistakes } from "../../../.config/mistakes.js";
import {
  c4Quality,
  datatrove010,
  decontaminate,
  deriveThresholds,
  documents,
  eld,
  exactDedup,
  explain,
  extract,
  extractText,
  type Fasttext,
  filter,
  fineweb,
  fineweb2024,
  finewebMultilingual,
  finewebQuality,
  funnelHtml,
  gopherQuality,
  gopherRepetition,
  language,
  lineDedup,
  minHasher,
  minhashDedup,
  OptionsError,
  pii,
  pipeline,
  qualityClassifier,
  readCsv,
  readJsonl,
  readParquet,
  readRecords,
  readWarc,
  SinkError,
  sentenceDedup,
  trainClassifier,
  urlDedup,
  urlFilter,
} from "../src/index.js";
import {
  defineConfig,
  exactDedupStages,
  minhashStages,
  readFiles,
  readFolder,
  readTokens,
  readUrlLists,
  run,
  sentenceDedupStages,
  slurm,
  writeDs,
  writeJsonl,
  writeLlmc,
  writeNanogpt,
  writeParquet,
  writeTokens,
} from "../src/node/index.js";

/** What a program without types may pass. */
const wrong = (value: unknown) => value as never;
const p = pipeline(documents(["a text"]));
const bytes = [new Uint8Array()];
const model = { labels: ["good"], predict: () => [] } as unknown as Fasttext;
const tokenizer = { vocabSize: 256, encodeOrdinary: (text: string) => new Uint8Array(text.length) };
const output = writeJsonl("nowhere");
const stages = { input: documents([]), tasks: 1, folder: "nowhere", output };
const texts = [{ text: "a" }];

describe("steps", () => {
  testMistakes(OptionsError, [
    ["decontaminate", () => decontaminate(["a"], wrong({ ngrams: 3 })), 'did you mean "ngram"?'],
    [
      "decontaminate",
      () => decontaminate(["a"], { queryNgrams: wrong("yes") }),
      'queryNgrams of decontaminate is "yes"',
    ],
    ["decontaminate", () => decontaminate(wrong("a")), 'evaluation of decontaminate is "a"'],
    ["exactDedup", () => exactDedup(wrong({ polcy: "first" })), 'did you mean "policy"?'],
    ["exactDedup", () => exactDedup({ policy: wrong("longst") }), 'did you mean "longest"?'],
    ["urlDedup", () => urlDedup(wrong({ normalise: 1 })), 'did you mean "normalize"?'],
    ["urlDedup", () => urlDedup({ normalize: wrong("yes") }), 'normalize of urlDedup is "yes"'],
    ["sentenceDedup", () => sentenceDedup(wrong({ minWord: 3 })), 'did you mean "minWords"?'],
    ["sentenceDedup", () => sentenceDedup({ unit: wrong("sentences") }), 'did you mean "sentence"?'],
    ["lineDedup", () => lineDedup(wrong({ min_sentences: 3 })), 'did you mean "minSentences"?'],
    ["lineDedup", () => lineDedup({ scope: wrong("doc") }), 'scope of lineDedup is "doc"'],
    ["extract", () => extract(wrong({ time_out: 3 })), 'did you mean "timeout"?'],
    [
      "extract",
      () => extract({ workers: 0 }),
      "workers of extract is 0: it must be a whole number of at least 1.",
    ],
    ["extractText", () => extractText("<p>", wrong({ favour: "precision" })), 'did you mean "favor"?'],
    ["extractText", () => extractText(wrong(5)), "html of extractText is 5"],
    ["c4Quality", () => c4Quality(wrong({ minSentence: 3 })), 'did you mean "minSentences"?'],
    ["c4Quality", () => c4Quality({ javascript: wrong("no") }), 'javascript of c4Quality is "no"'],
    ["finewebQuality", () => finewebQuality(wrong({ maxNewLine: 3 })), 'did you mean "maxNewlines"?'],
    [
      "finewebQuality",
      () => finewebQuality({ maxNewlines: wrong("0.3") }),
      'maxNewlines of finewebQuality is "0.3"',
    ],
    [
      "gopherQuality",
      () => gopherQuality(wrong({ minWord: 3 })),
      'gopherQuality has no option "minWord": did you mean "minWords"?',
    ],
    [
      "gopherQuality",
      () => gopherQuality({ stopWords: wrong("the") }),
      'stopWords of gopherQuality is "the"',
    ],
    ["gopherRepetition", () => gopherRepetition(wrong({ topNgram: {} })), 'did you mean "topNgrams"?'],
    ["gopherRepetition", () => gopherRepetition({ lineEnds: wrong("newline") }), 'did you mean "newlines"?'],
    ["qualityClassifier", () => qualityClassifier(model, wrong({ labels: "good" })), 'did you mean "label"?'],
    [
      "qualityClassifier",
      () => qualityClassifier(model, wrong({})),
      "qualityClassifier needs the option label",
    ],
    [
      "qualityClassifier",
      () => qualityClassifier(wrong("model.bin"), { label: "good" }),
      "which has no predict()",
    ],
    ["urlFilter", () => urlFilter(wrong({ list: {} })), 'did you mean "lists"?'],
    ["urlFilter", () => urlFilter(wrong({})), "urlFilter needs the option lists"],
    ["urlFilter", () => urlFilter(wrong(undefined)), "urlFilter needs its options"],
    ["language", () => language(["en"], wrong({ treshold: 0.5 })), 'did you mean "threshold"?'],
    ["language", () => language(wrong("en")), 'languages of language is "en": it must be an array.'],
    ["eld", () => eld(wrong("smal")), 'did you mean "small"?'],
    ["minHasher", () => minHasher(wrong({ bucket: 3 })), 'did you mean "buckets"?'],
    ["minHasher", () => minHasher({ tokenize: wrong("words") }), 'tokenize of minHasher is "words"'],
    ["minhashDedup", () => minhashDedup(wrong({ onpair: 3 })), 'did you mean "onPair"?'],
    ["minhashDedup", () => minhashDedup({ policy: wrong("stream") }), 'policy of minhashDedup is "stream"'],
    ["pii", () => pii(wrong({ email: false })), 'did you mean "emails"?'],
    ["pii", () => pii({ emailReplacements: wrong("x@example.com") }), "emailReplacements of pii is"],
    ["datatrove010", () => datatrove010(wrong({ language: ["en"] })), 'did you mean "languages"?'],
    ["datatrove010", () => datatrove010({ languages: wrong("en") }), 'languages of datatrove010 is "en"'],
    ["fineweb", () => fineweb(wrong({ list: {} })), 'fineweb has no option "list": did you mean "lists"?'],
    ["fineweb", () => fineweb({ identifier: wrong("eld") }), 'identifier of fineweb is "eld"'],
    ["fineweb2024", () => fineweb2024(wrong({ punct: {} })), 'did you mean "punkt"?'],
    ["fineweb2024", () => fineweb2024({ punkt: wrong(true) }), "punkt of fineweb2024 is true"],
    ["finewebMultilingual", () => finewebMultilingual({}, wrong({ identify: {} })), "did you mean"],
    [
      "finewebMultilingual",
      () => finewebMultilingual({}, { lists: wrong([]) }),
      "lists of finewebMultilingual is an array of 0",
    ],
    [
      "finewebMultilingual",
      () => finewebMultilingual(wrong(undefined)),
      "thresholds of finewebMultilingual is",
    ],
    [
      "finewebMultilingual",
      () => finewebMultilingual({ en: wrong({ minWordLenght: 3 }) }),
      'finewebMultilingual for en has no option "minWordLenght": did you mean "minWordLength"?',
    ],
    [
      "finewebMultilingual",
      () => finewebMultilingual({ en: wrong({ languageScore: 0.5 }) }),
      "finewebMultilingual for en needs the option duplicateLines",
    ],
    ["finewebMultilingual", () => finewebMultilingual({ en: wrong(5) }), "finewebMultilingual for en are 5"],
    ["explain", () => explain(wrong(gopherQuality), "a"), "call it: gopherQuality(..)"],
    ["explain", () => explain([pii(), wrong(gopherQuality)], "a"), "call it: gopherQuality(..)"],
    ["explain", () => explain(wrong(undefined), "a"), "what explain is given is undefined"],
    [
      "explain",
      () => explain(wrong(documents([])), "a"),
      "is the source documents, which has no transform()",
    ],
    ["trainClassifier", () => trainClassifier([], wrong({ epochs: 3 })), 'did you mean "epoch"?'],
    ["trainClassifier", () => trainClassifier([], { lr: wrong("0.1") }), 'lr of trainClassifier is "0.1"'],
    [
      "deriveThresholds",
      () => deriveThresholds(wrong({ lang: "de", texts, english: texts })),
      'no option "lang"',
    ],
    [
      "deriveThresholds",
      () => deriveThresholds(wrong({ language: "de", texts })),
      "deriveThresholds needs the option english",
    ],
  ]);
});

describe("sources, and what is made of them", () => {
  testMistakes(OptionsError, [
    ["documents", () => documents(wrong("hello")), 'items of documents is "hello": it must be an iterable.'],
    [
      "documents",
      () =>
        pipeline(documents([wrong(5)]))
          .docs()
          [Symbol.asyncIterator]()
          .next(),
      "item 0 of documents is 5",
    ],
    ["pipeline", () => pipeline(wrong("hello")), 'source of pipeline is "hello"'],
    [
      "pipeline",
      () =>
        pipeline(
          [],
          wrong(() => true),
        ),
      "step 1 of pipeline is a function, which has no transform()",
    ],
    [
      "pipeline",
      () =>
        pipeline(
          [],
          wrong(output),
          filter("f", () => ({ keep: true })),
        ),
      "a sink comes last",
    ],
    ["docs", () => p.docs(wrong({ ondrop: 3 })), 'did you mean "onDrop"?'],
    ["docs", () => p.docs({ world: 0 }), "world of docs is 0"],
    ["statistics", () => p.docs({ statistics: wrong({ sample: 3 }) }), 'did you mean "samples"?'],
    ["write", () => pipeline([], output).write(wrong({ sgnal: 3 })), 'did you mean "signal"?'],
    ["write", () => pipeline([], output).write({ rank: -1 }), "rank of write is -1"],
    ["readCsv", () => readCsv(bytes, wrong({ delimeter: ";" })), 'did you mean "delimiter"?'],
    ["readCsv", () => readCsv(wrong(5)), "source of readCsv is 5"],
    ["readJsonl", () => readJsonl(bytes, wrong({ textfield: "t" })), 'did you mean "textField"?'],
    ["readJsonl", () => readJsonl(bytes, { maxBytes: wrong("1") }), 'maxBytes of readJsonl is "1"'],
    ["readParquet", () => readParquet(wrong({}), wrong({ idfield: "t" })), 'did you mean "idField"?'],
    ["readParquet", () => readParquet(wrong("a.parquet")), 'file of readParquet is "a.parquet"'],
    ["readWarc", () => readWarc(bytes, wrong({ names: "t" })), 'did you mean "name"?'],
    ["readWarc", () => readWarc(wrong("a.warc")), 'source of readWarc is "a.warc"'],
    ["readRecords", () => readRecords(bytes, wrong({ max_bytes: 1 })).next(), 'did you mean "maxBytes"?'],
    ["readRecords", () => readRecords(wrong(5)).next(), "source of readRecords is 5"],
    ["funnelHtml", () => funnelHtml([], wrong({ titel: "t" })), 'did you mean "title"?'],
    ["funnelHtml", () => funnelHtml(wrong(p)), "stats of funnelHtml is an object"],
    ["readFiles", () => readFiles("a", wrong({ https: {} })), 'did you mean "http"?'],
    ["readFiles", () => readFiles(wrong(undefined)), "paths of readFiles is undefined"],
    ["http", () => readFiles("a", { http: wrong({ header: {} }) }), 'did you mean "headers"?'],
    ["s3", () => readFiles("a", { s3: wrong({ regions: "eu" }) }), 'did you mean "region"?'],
    ["hub", () => readFiles("a", { hub: wrong({ token: "t" }) }), 'hub has no option "token"'],
    ["readFolder", () => readFolder(wrong(5)), "paths of readFolder is 5"],
    ["readTokens", () => readTokens("a", wrong({ seperator: 0 })).next(), 'did you mean "separator"?'],
    [
      "readTokens",
      () => readTokens("a", { separator: wrong("<s>") }).next(),
      'separator of readTokens is "<s>"',
    ],
    ["readUrlLists", () => readUrlLists(wrong({ domain: "a" })), 'did you mean "domains"?'],
    ["readUrlLists", () => readUrlLists({ urls: wrong(5) }), "urls of readUrlLists is 5"],
  ]);
});

describe("sinks, stages and runs", () => {
  testMistakes(OptionsError, [
    ["writeJsonl", () => writeJsonl("a", wrong({ compresion: "gzip" })), 'did you mean "compression"?'],
    ["writeJsonl", () => writeJsonl("a", { compression: wrong("gz") }), 'compression of writeJsonl is "gz"'],
    ["writeJsonl", () => writeJsonl(wrong(5), "a"), "documents of writeJsonl is 5"],
    ["writeJsonl", () => writeJsonl(p.docs(), "a", wrong({ signl: 1 })), 'did you mean "signal"?'],
    ["writeParquet", () => writeParquet("a", wrong({ column: {} })), 'did you mean "columns"?'],
    ["writeParquet", () => writeParquet("a", { compression: wrong("snapy") }), 'did you mean "snappy"?'],
    [
      "writeTokens",
      () => writeTokens(tokenizer, "a", wrong({ shardTokes: 1 })),
      'did you mean "shardTokens"?',
    ],
    [
      "writeTokens",
      () => writeTokens(tokenizer, p.docs(), "a", wrong({ onprogress: 1 })),
      'did you mean "onProgress"?',
    ],
    ["writeTokens", () => writeTokens(wrong("gpt2"), "a"), "which has no encodeOrdinary()"],
    [
      "writeDs",
      () => writeDs(tokenizer, "a", wrong({ tokenizername: "t" })),
      'did you mean "tokenizerName"?',
    ],
    ["writeDs", () => writeDs(tokenizer, "a", { tokenizerName: wrong(5) }), "tokenizerName of writeDs is 5"],
    ["writeLlmc", () => writeLlmc(tokenizer, "a", wrong({ seperator: 1 })), 'did you mean "separator"?'],
    [
      "writeNanogpt",
      () => writeNanogpt(tokenizer, "a", wrong({ seperator: 1 })),
      'did you mean "separator"?',
    ],
    ["minhashStages", () => minhashStages(wrong({ ...stages, worker: 2 })), "minhashStages has no option"],
    [
      "minhashStages",
      () => minhashStages(wrong({ ...stages, tasks: undefined })),
      "minhashStages needs the option tasks",
    ],
    [
      "minhashStages",
      () => minhashStages({ ...stages, policy: wrong("streaming") }),
      'policy of minhashStages is "streaming"',
    ],
    ["exactDedupStages", () => exactDedupStages(wrong({ ...stages, worker: 2 })), 'did you mean "workers"?'],
    [
      "exactDedupStages",
      () => exactDedupStages({ ...stages, by: wrong("uri") }),
      'by of exactDedupStages is "uri": did you mean "url"?',
    ],
    [
      "sentenceDedupStages",
      () => sentenceDedupStages(wrong({ ...stages, spans: 2 })),
      'did you mean "span"?',
    ],
    [
      "sentenceDedupStages",
      () => sentenceDedupStages({ ...stages, output: wrong("out") }),
      'output of sentenceDedupStages is "out"',
    ],
    ["run", () => run(p, wrong(undefined)), "run needs its options: it takes an object such as"],
    ["run", () => run(p, wrong({ logdir: "a" })), 'run has no option "logdir": did you mean "logDir"?'],
    ["run", () => run(p, wrong({})), "run needs the option logDir: pass a string."],
    ["run", () => run(wrong(5), { logDir: "a" }), "what run is given is 5"],
    [
      "statistics of run",
      () => run(p, { logDir: "a", statistics: wrong({ excerpts: 3 }) }),
      'did you mean "excerpt"?',
    ],
    ["slurm", () => slurm("a.ts", wrong({ logDir: "a", partitions: "p" })), 'did you mean "partition"?'],
    ["slurm", () => slurm("a.ts", wrong({ partition: "p" })), "slurm needs the option logDir"],
    ["slurm", () => slurm("a.ts", { logDir: "a", sbatchArgs: wrong("--x") }), 'sbatchArgs of slurm is "--x"'],
    ["defineConfig", () => defineConfig(wrong({ pipeline: p, logdir: "a" })), 'did you mean "logDir"?'],
    ["defineConfig", () => defineConfig(wrong({ logDir: "a" })), "defineConfig needs the option pipeline"],
  ]);

  testMistakes(SinkError, [
    [
      "docs()",
      () => pipeline(documents(["a"]), output).docs(),
      "call write(), or run it with run(pipeline, { logDir })",
    ],
    ["docs()", () => p.write(), "this pipeline ends in no sink"],
  ]);
});

test("write() fills the sink, and docs({ sink: false }) reads without it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "write-"));
  try {
    const odd = filter("odd", ({ text }) =>
      text === "b"
        ? { keep: false, reason: "even", metric: "text", value: "b", threshold: "odd" }
        : { keep: true },
    );
    const written = pipeline(documents(["a", "b", "c"]), odd, writeJsonl(folder));
    const seen: string[] = [];
    for await (const { text } of written.docs({ sink: false })) seen.push(text);
    expect(readdirSync(folder)).toEqual([]);
    expect(await written.write()).toEqual(["00000.jsonl.gz"]);
    const read: string[] = [];
    for await (const { text } of pipeline(readFolder(folder)).docs()) read.push(text);
    expect(read).toEqual(seen);
    expect(read).toEqual(["a", "c"]);
    expect(written.stats().map(({ out }) => out)).toEqual([3, 2]);
    await expect(written.write({ signal: AbortSignal.abort(new RangeError("enough")) })).rejects.toThrow(
      "enough",
    );
    expect(readdirSync(folder)).toContain("00000.jsonl.gz");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
