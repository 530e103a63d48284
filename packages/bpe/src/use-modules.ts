import { encodingModule } from "./encoding-module.js";
import { BpeError } from "./errors.js";
import { trainingModule } from "./training-module.js";

/** The package's WebAssembly, compiled by the host. */
export interface CompiledModules {
  /** `@llm/bpe/encoding.wasm`, which every tokenizer needs. */
  encoding?: WebAssembly.Module;
  /** `@llm/bpe/training.wasm`, which `train` needs too. */
  training?: WebAssembly.Module;
}

/**
 * Uses modules that were compiled before the program ran, in place of those that the package compiles on first use. For hosts
 * that compile nothing at run time, such as Cloudflare Workers. To be called before the first tokenizer is made.
 *
 * @throws BpeError for a module of another name, TypeError for what is none
 */
export function useModules({ encoding, training }: CompiledModules): void {
  if (encoding) encodingModule.set(checked(encoding, "encoding"));
  if (training) trainingModule.set(checked(training, "training"));
}

function checked(module: WebAssembly.Module, name: keyof CompiledModules): WebAssembly.Module {
  const kernel = name === "encoding" ? "encode" : "advance";
  if (WebAssembly.Module.exports(module).some((exported) => exported.name === kernel)) return module;
  throw new BpeError(`useModules: ${name} is not @llm/bpe/${name}.wasm.`);
}
