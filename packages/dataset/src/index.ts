export { OptionsError } from "./check.js";
export { comparableUrl } from "./dedup/comparable-url.js";
export { type DecontaminateOptions, decontaminate, type EvaluationItem } from "./dedup/decontaminate.js";
export { type ExactDedupOptions, exactDedup, type UrlDedupOptions, urlDedup } from "./dedup/exact.js";
export {
  type LineDedupOptions,
  lineDedup,
  type SentenceDedupOptions,
  sentenceDedup,
} from "./dedup/sentences.js";
export type { Document } from "./document.js";
export { explain } from "./explain.js";
export type { Explanation, StepExplanation, TextChanges } from "./explanation.js";
export { type ExtractOptions, extract } from "./extract/extract.js";
export { extractText } from "./extract/extract-text.js";
export type { PageMetadata } from "./extract/metadata.js";
export type { ExtractedPage, ExtractTextOptions } from "./extract/page.js";
export { ExtractionWorkerError } from "./extract/page-worker.js";
export { FasttextFormatError } from "./fasttext/binary.js";
export { Fasttext, type FasttextPrediction, loadFasttext, PrunedModelError } from "./fasttext/fasttext.js";
export {
  type LabelledText,
  type TrainClassifierOptions,
  TrainingError,
  type TrainingProgress,
  trainClassifier,
} from "./fasttext/train.js";
export { type C4QualityOptions, c4Quality } from "./filters/c4-quality.js";
export { type FinewebQualityOptions, finewebQuality } from "./filters/fineweb-quality.js";
export { type GopherQualityOptions, gopherQuality } from "./filters/gopher-quality.js";
export { type GopherRepetitionOptions, gopherRepetition } from "./filters/gopher-repetition.js";
export {
  type QualityClassifierOptions,
  qualityClassifier,
  UnknownLabelError,
} from "./filters/quality-classifier.js";
export { type UrlFilterOptions, type UrlLists, urlFilter } from "./filters/url-filter.js";
export { readUrlList, UrlListError } from "./filters/url-lists.js";
export { HashKernelError } from "./hash/kernel.js";
export { byLanguage } from "./language/by-language.js";
export {
  type DeriveThresholdsOptions,
  deriveThresholds,
  NoTextsError,
} from "./language/derive-thresholds.js";
export { type EldSize, eld } from "./language/eld.js";
export { fasttextLanguage } from "./language/fasttext.js";
export type { LanguageGuess, LanguageIdentifier } from "./language/identifier.js";
export { type LanguageOptions, language } from "./language/language.js";
export { Fineweb2ConfigError, fineweb2Thresholds, type LanguageThresholds } from "./language/thresholds.js";
export type { LineChange } from "./line-changes.js";
export { type DuplicatePair, type MinhashDedupOptions, minhashDedup } from "./minhash/dedup.js";
export type { Normalization } from "./minhash/normalize.js";
export { PriorityError, type SurvivorPolicy } from "./minhash/policy.js";
export { candidateProbability, type Resemblance, resemblance } from "./minhash/resemblance.js";
export { type MinHasher, type MinhashOptions, minHasher } from "./minhash/signature.js";
export { type PiiOptions, pii } from "./pii.js";
export {
  type DocsOptions,
  type Documents,
  type Drop,
  documents,
  type Pipeline,
  pipeline,
  type RunOptions,
  type StepStats,
} from "./pipeline.js";
export {
  datatrove010,
  type Fineweb2024Options,
  type FinewebMultilingualOptions,
  type FinewebOptions,
  fineweb,
  fineweb2024,
  finewebMultilingual,
} from "./presets.js";
export { type CsvOptions, readCsv } from "./readers/csv.js";
export type { FieldOptions } from "./readers/fields.js";
export { type JsonlOptions, readJsonl } from "./readers/jsonl.js";
export type { TextSource } from "./readers/lines.js";
export { type ParquetOptions, type RandomAccess, readParquet } from "./readers/parquet.js";
export { type FunnelOptions, funnelHtml } from "./report/funnel.js";
export { NoFilesError } from "./share.js";
export { type Sink, SinkError, type SinkState, type SinkTask, type SinkWriter } from "./sink.js";
export type { Stage, StageContext, StageStats } from "./stage.js";
export type { DropSample, MetricStats, StatisticsOptions, StepDetails, Threshold } from "./stats/details.js";
export { binEnd, type Histogram, type HistogramBin } from "./stats/histogram.js";
export { formatStats, parseStats, StatsFormatError } from "./stats/json.js";
export { MergeStatsError, mergeStats } from "./stats/merge.js";
export type { Tally } from "./stats/tally.js";
export {
  type Answer,
  atLeast,
  atMost,
  type DropVerdict,
  filter,
  type Inspection,
  rewrite,
  type Source,
  type SourceFile,
  type SourcePosition,
  type Step,
  type StepContext,
  type Verdict,
} from "./step.js";
export { nltkWords } from "./text/nltk-words.js";
export { type PunktParameters, punktSentences } from "./text/punkt.js";
export { segmentWords } from "./text/segment.js";
export { type CutWords, sentences, words } from "./text/words.js";
export type { ByteSource } from "./warc/bytes.js";
export { readWarc, type WarcOptions } from "./warc/read.js";
export { type RecordOptions, readRecords, type WarcProblem, type WarcRecord } from "./warc/record.js";
export { type WarcPage, writeWarc } from "./warc/write.js";
