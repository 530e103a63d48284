import type { TensorDescription } from "@llm/gpt/inspect";
import type { InContextAccuracy } from "@llm/sample/evaluation";
import { type Diagnosis, doctor, useEngine } from "@llm/tensor";
import type { Comparison, ComparisonQuestion } from "./before/compared.js";
import type { GroupAnswer, GroupQuestion } from "./before/group.js";
import type { ModelShelf } from "./before/shelf.js";
import type { Repeated, ShotsQuestion } from "./before/shots.js";
import type { Surprise, SurpriseQuestion } from "./before/surprise.js";
import type { Limits } from "./data/limits.js";
import type { Explained, Judgement, SurveyInfo } from "./data/survey.js";
import type { Compared, DataDesk, DocumentSource, Pair } from "./data.js";
import type { CellWindow, Derivation, Inside, Overview, Spot } from "./inside.js";
import type { NextDraw, NextSettings } from "./next.js";
import { type ModelInfo, type OpenedModel, openModel, type Source } from "./opened.js";
import { type Draw, type SamplingResult, sample } from "./sampling.js";
import type { ShapeChoice, Sized } from "./shapes.js";
import { hasSimd, NO_SIMD } from "./simd.js";
import type {
  Chat,
  Dialogue,
  Film,
  MergeTree,
  ShownToken,
  Tokenization,
  Vocabularies,
  VocabularyName,
} from "./tokens.js";
import type { Stretch, Training, TrainingPlan, TrainingRecord, TrainingStart } from "./training.js";
import { Turns } from "./turns.js";
import type { Weighed } from "./weigh.js";
import { type WordStarts, wordEnds } from "./word-ends.js";

/** All that the views have computed. It runs in a worker, or on the page's thread where there is none. */
export class Engine {
  readonly #turns = new Turns();
  #opened: OpenedModel | undefined;
  #opening: Promise<unknown> = Promise.resolve();
  #training: Training | undefined;
  #vocabularies: Vocabularies | undefined;
  #data: DataDesk | undefined;
  #inside: Inside | undefined;
  #shelf: ModelShelf | undefined;

  /**
   * Opens a model in the place of the one before, which stays where this one cannot be read. Of several that are asked for at
   * once, the last stays.
   */
  open(source: Source): Promise<ModelInfo> {
    const turn = this.#opening.then(() => this.#open(source));
    this.#opening = turn.catch(() => {});
    return turn;
  }

  /** What a model's file would take, before it is opened. */
  async weigh(file: Blob): Promise<Weighed | undefined> {
    const { weigh } = await import("./weigh.js");
    return weigh(file);
  }

  async #open(source: Source): Promise<ModelInfo> {
    const { on, slow } = await this.#turns.start();
    const opened = "run" in source ? this.#run().opened : await this.#turns.take(on, () => openModel(source));
    this.#close();
    this.#opened = opened;
    return opened.info(slow);
  }

  async sample(draw: Draw, signal?: AbortSignal): Promise<SamplingResult> {
    const opened = this.#model();
    return this.#turns.take(opened.on, () => sample(opened, draw, signal));
  }

  /** How words go on that these tokens begin. It ends with an error where anything newer is asked of a model. */
  async wordEnds(starts: WordStarts, signal?: AbortSignal): Promise<string[]> {
    const opened = this.#model();
    return this.#turns.giveWay(opened.on, (ended) => wordEnds(opened, starts, ended), signal);
  }

  /** How surprising each token of a text is to the model that is open. */
  async surprise(question: SurpriseQuestion, signal?: AbortSignal): Promise<Surprise> {
    const opened = this.#model();
    const { surprise } = await import("./before.js");
    return this.#turns.take(opened.on, () => surprise(opened, question, signal));
  }

  /** How well the model that is open learns from examples in its prompt. */
  async shots(question: ShotsQuestion, signal?: AbortSignal): Promise<InContextAccuracy> {
    const opened = this.#model();
    const { shots } = await import("./before.js");
    return this.#turns.take(opened.on, () => shots(opened, question, signal));
  }

  async repeated(_: null, signal?: AbortSignal): Promise<Repeated> {
    const opened = this.#model();
    const { repeated } = await import("./before.js");
    return this.#turns.take(opened.on, () => repeated(opened, signal));
  }

  /** Several models on one question. The model that is open stays so. */
  async compare(question: ComparisonQuestion, signal?: AbortSignal): Promise<Comparison> {
    const { compare } = await import("./before.js");
    const { on } = await this.#turns.start();
    const shelf = await this.#shelved();
    return this.#turns.take(on, () => compare(shelf, question, signal));
  }

  /** A group of answers with rewards and advantages. The model that is open stays so. */
  async group(question: GroupQuestion, signal?: AbortSignal): Promise<GroupAnswer[]> {
    const { group } = await import("./before.js");
    const { on } = await this.#turns.start();
    const shelf = await this.#shelved();
    return this.#turns.take(on, () => group(shelf, question, signal));
  }

  /** Closes the models that were compared. */
  async closeCompared(_: null): Promise<void> {
    this.#shelf?.close();
  }

  async #shelved(): Promise<ModelShelf> {
    const { ModelShelf } = await import("./before.js");
    this.#shelf ??= new ModelShelf();
    return this.#shelf;
  }

  /** Runs a text through the model that is open and keeps all that came about. */
  async lookInside(text: string, signal?: AbortSignal): Promise<Overview> {
    const opened = this.#model();
    const { Inside } = await import("./inside.js");
    const inside = await this.#turns.take(opened.on, () => Inside.look(opened, text, signal));
    this.#inside = inside;
    return inside.overview;
  }

  /** The cells of every tensor of the pass that is small enough to be drawn cell by cell. */
  async allCells(_: null): Promise<Record<string, Float32Array>> {
    return this.#seen().cells();
  }

  /** The cells of the pass's tensors of these names, however large they are. */
  async cellsOf(names: readonly string[]): Promise<Record<string, Float32Array>> {
    return this.#seen().cellsOf(names);
  }

  /** Every tensor of a model that has only a shape. */
  async describeShape({ name, layers }: ShapeChoice): Promise<readonly TensorDescription[]> {
    const { describeShape } = await import("./shapes.js");
    return describeShape({ name, layers });
  }

  /** Several shapes, whole, for a look at their sizes. */
  async describeSizes(_: null): Promise<readonly Sized[]> {
    const { describeSizes } = await import("./shapes.js");
    return describeSizes();
  }

  async cellsAround(spot: Spot): Promise<CellWindow> {
    return this.#seen().window(spot);
  }

  /** What may come after the pass's last token, and what is drawn. */
  async nextTokens(settings: NextSettings): Promise<NextDraw> {
    return this.#seen().next(settings);
  }

  async explain({ tensor, index }: { tensor: string; index: readonly number[] }): Promise<Derivation> {
    return this.#seen().explain(tensor, index);
  }

  /** Loads what a run needs, so that one can begin without a connection. */
  async prepareTraining(_: null): Promise<void> {
    await import("./training.js");
    // Loads what writes text.
    const opened = this.#model();
    await this.#turns.take(opened.on, () => opened.next([0]));
  }

  /** Whether a run can be on a GPU, what it is, and else why not. */
  async gpu(_: null): Promise<Diagnosis> {
    return (await doctor()).find(({ name }) => name === "webgpu")!;
  }

  /** Begins a run with the tokenizer of the model that is open. */
  async startTraining(plan: TrainingPlan): Promise<TrainingStart> {
    const { tokenizer } = this.#model();
    if (!hasSimd()) throw new Error(`${NO_SIMD}, without which no text becomes tokens to learn from.`);
    if (!tokenizer)
      throw new Error(
        "The open model has no tokenizer, so it cannot learn from a text: choose files with a tokenizer.json.",
      );
    const { Training } = await import("./training.js");
    const started = await this.#turns.start();
    const made = await this.#turns.take(started.on, async () => {
      if (plan.engine !== "auto") await useEngine(await this.#turns.choose(plan.engine));
      return new Training(plan, tokenizer);
    });
    const former = this.#training;
    this.#training = made;
    if (former && this.#opened === former.opened) this.#opened = undefined;
    await former?.end();
    return made.start;
  }

  async trainingSteps(stretch: Stretch): Promise<TrainingRecord[]> {
    const run = this.#run();
    const { on } = run.opened;
    try {
      return await this.#turns.take(on, () => run.steps(stretch));
    } catch (error) {
      this.#turns.forget(on); // a GPU may be lost: the next run asks for it anew
      throw error;
    }
  }

  /** The run's model as `transformers` opens it. */
  async trainedFiles(_: null): Promise<Record<string, Uint8Array>> {
    const { model, tokenizer } = this.#run().opened;
    const json = new TextEncoder().encode(JSON.stringify(tokenizer!.toHF()));
    return { ...(await model.toFiles()), "tokenizer.json": json };
  }

  /** Makes the site's vocabulary known, from its tokenizer.json. */
  async openVocabulary(json: string): Promise<void> {
    if (!hasSimd()) throw new Error(`${NO_SIMD}, without which no text becomes tokens.`);
    const { Vocabularies } = await import("./tokens.js");
    this.#vocabularies ??= new Vocabularies(json);
  }

  async film({ text, merges }: { text: string; merges: number }, signal?: AbortSignal): Promise<Film> {
    return this.#known().film(text, merges, signal);
  }

  async tokenize(tokenization: Tokenization): Promise<ShownToken[]> {
    return this.#known().tokenize(tokenization);
  }

  async mergeTree({ word, vocabulary }: { word: string; vocabulary: VocabularyName }): Promise<MergeTree> {
    return this.#known().tree(word, vocabulary);
  }

  async dialogue(dialogue: Dialogue): Promise<Chat> {
    return this.#known().dialogue(dialogue);
  }

  /** @returns how it is called */
  async readVocabulary({ name, content }: { name: string; content: string }): Promise<string> {
    return this.#known().read(name, content);
  }

  #seen(): Inside {
    if (!this.#inside) throw new Error("No text has run through the model.");
    return this.#inside;
  }

  /** Reads and measures documents. @throws in words, where none can be read */
  async openDocuments(source: DocumentSource, signal?: AbortSignal): Promise<SurveyInfo> {
    if (!this.#data) {
      const { DataDesk } = await import("./data.js");
      this.#data ??= new DataDesk();
    }
    return this.#data.open(source, signal);
  }

  async judge(limits: Limits, signal?: AbortSignal): Promise<Judgement> {
    return this.#documents().judge(limits, signal);
  }

  async explainDocument({ at, limits }: { at: number; limits: Limits }): Promise<Explained> {
    return this.#documents().explain(at, limits);
  }

  async compareTexts(pair: Pair): Promise<Compared> {
    return this.#documents().compare(pair);
  }

  #documents(): DataDesk {
    if (!this.#data) throw new Error("No documents are open.");
    return this.#data;
  }

  #known(): Vocabularies {
    if (!this.#vocabularies) throw new Error("No vocabulary is open.");
    return this.#vocabularies;
  }

  #model(): OpenedModel {
    if (!this.#opened) throw new Error("No model is open.");
    return this.#opened;
  }

  #run(): Training {
    if (!this.#training) throw new Error("There is no run yet: start one in the view Training.");
    return this.#training;
  }

  #close(): void {
    if (this.#opened !== this.#training?.opened) this.#opened?.dispose();
    this.#opened = undefined;
  }
}
