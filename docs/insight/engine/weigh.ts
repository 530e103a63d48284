import { decodeSafetensors } from "@llm/tensor";

/**
 * Bytes of memory for a weight, at the most: 4 in the file, 4 where it is computed with, 4 in each of the copies that a pass keeps to
 * be looked at, of which there are two when another text has run through, and what is not freed yet. Measured in Chromium with
 * GPT-2's shape: 3.2 GB for 124 million.
 */
const PEAK = 26;

/** What a model's file takes when it is opened. */
export interface Weighed {
  readonly weights: number;
  /** The most bytes of memory at one time, while it is looked into. */
  readonly bytes: number;
}

/** Reads how many weights a model.safetensors has, from its beginning alone; undefined where it is none. */
export async function weigh(file: Blob): Promise<Weighed | undefined> {
  try {
    const { infos, close } = await decodeSafetensors(file.stream());
    await close();
    const weights = infos.reduce((sum, { shape }) => sum + shape.reduce((all, extent) => all * extent, 1), 0);
    return { weights, bytes: PEAK * weights };
  } catch {
    return undefined;
  }
}
