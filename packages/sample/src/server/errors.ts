import { ContextOverflowError, InvalidLogitsError, InvalidOptionError } from "../errors.js";
import { QueueFullError, ReadTimeoutError, ShutDownError } from "../serving/errors.js";

interface ApiErrorOptions extends ErrorOptions {
  type?: string;
  code?: string | undefined;
  /** The field of the request at fault. */
  param?: string | undefined;
  headers?: Readonly<Record<string, string>>;
}

/** An error as OpenAI's API answers it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #body: { type: string; param: string | null; code: string | null };

  constructor(status: number, message: string, options: ApiErrorOptions = {}) {
    super(message, options);
    const { type = status < 500 ? "invalid_request_error" : "server_error", param, code, headers } = options;
    this.status = status;
    this.headers = headers ?? {};
    this.#body = { type, param: param ?? null, code: code ?? null };
  }

  toJSON(): { error: object } {
    return { error: { message: this.message, ...this.#body } };
  }

  toResponse(): Response {
    return Response.json(this, { status: this.status, headers: this.headers });
  }
}

/** Seconds after which a client whose request found no place may try again. */
const RETRY_AFTER = 1;

/** What an API calls the options of this package. */
const PARAMS: Readonly<Record<string, string>> = {
  maxTokens: "max_tokens",
  stop: "stop",
  seed: "seed",
  temperature: "temperature",
  topK: "top_k",
  topP: "top_p",
  minP: "min_p",
  repetitionPenalty: "repetition_penalty",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  logitBias: "logit_bias",
};

/**
 * Any error as the client hears of it. One that nobody expects says nothing of what happened inside.
 * @param prompt the field of the request that the prompt came in
 */
export function apiErrorOf(error: unknown, prompt: string): ApiError {
  if (error instanceof ApiError) return error;
  const { message } = error as Error;
  if (error instanceof ContextOverflowError) {
    return new ApiError(
      400,
      `the prompt has ${error.needed} tokens, and the model's context holds ${error.blockSize}: shorten it`,
      { param: prompt, code: "context_length_exceeded", cause: error },
    );
  }
  if (error instanceof InvalidOptionError) {
    const param = error.option === "prompt" ? prompt : PARAMS[error.option];
    return new ApiError(400, message, { param, cause: error });
  }
  if (error instanceof QueueFullError) {
    const headers = { "retry-after": `${RETRY_AFTER}` };
    return new ApiError(429, message, {
      type: "rate_limit_error",
      code: "rate_limit_exceeded",
      headers,
      cause: error,
    });
  }
  if (error instanceof ReadTimeoutError)
    return new ApiError(408, message, { code: "read_timeout", cause: error });
  if (error instanceof ShutDownError) return new ApiError(503, message, { cause: error });
  // Such as a form that no token of the model's keeps to.
  if (error instanceof InvalidLogitsError) return new ApiError(500, message, { cause: error });
  return new ApiError(500, "the model could not go on; the server's log says why", { cause: error });
}
