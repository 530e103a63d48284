import type { Job } from "../serving/job.js";

/** Tokens that a job took. A prompt of several texts counts once. */
export function tokensOf({ texts }: Job): { prompt: number; cached: number; output: number } {
  const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
  const firsts = texts.filter(({ sample }) => sample === 0);
  return {
    prompt: sum(firsts.map(({ promptLength }) => promptLength)),
    cached: sum(firsts.map(({ cached }) => cached)),
    output: sum(texts.map(({ tokens }) => tokens)),
  };
}

/**
 * The same as the routes of completions have it.
 * @param isWritten whether tokens that were written count
 */
export function usageOf(job: Job, isWritten = true): object {
  const { prompt, cached, ...rest } = tokensOf(job);
  const output = isWritten ? rest.output : 0;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
