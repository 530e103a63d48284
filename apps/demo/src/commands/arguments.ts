import type { ModelName } from "../assistant.js";

export interface RunArguments {
  /** Files and folders; empty means the documentation in node_modules. */
  input: string[];
  /** A file of conversations that take the place of those made from the documents. */
  conversations?: string;
  name: string;
  runs: string;
  /** Of the base model. */
  steps: number;
  seed: number;
  megabytes: number;
  /** A small model that learns little, in about a minute. */
  quick: boolean;
  /** The last act: the base model, or the whole story. */
  until: "base" | "end";
  /** Trains what the results are to be compared with, too. */
  controls: boolean;
  /** Adds the act in which a reward model is gamed. */
  rewardModel: boolean;
  /** How many runs, each with the next seed. */
  seeds: number;
}

export interface SampleArguments {
  text: string;
  name: string;
  runs: string;
  tokens: number;
  temperature: number;
  topP: number;
  seed: number;
}

export interface ChatArguments {
  /** One question to answer; else there is a chat. */
  question?: string;
  name: string;
  runs: string;
  /** Default: the last that the run has. */
  model?: ModelName;
  tokens: number;
  temperature: number;
  seed: number;
}

export interface ServeArguments {
  name: string;
  runs: string;
  model?: ModelName;
  host: string;
  port: number;
}

export interface ViewArguments {
  name: string;
  runs: string;
  port: number;
}

export interface ExplainArguments {
  file: string;
  /** Undefined where none was asked for. */
  name?: string;
  runs?: string;
}

export interface WarcArguments {
  folder: string;
  output: string;
}
