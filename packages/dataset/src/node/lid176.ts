import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fasttextLanguage } from "../language/fasttext.js";
import type { LanguageIdentifier } from "../language/identifier.js";

/** The package that holds the model is not installed. */
export class MissingLid176Error extends Error {
  override readonly name = "MissingLid176Error";
  constructor(cause: unknown) {
    super(
      'There is no lid.176.ftz. Run "npm install fasttext.wasm.js@1", which holds it, or give the bytes of a model to fasttextLanguage().',
      { cause },
    );
  }
}

/**
 * Identifies 176 languages with lid.176.ftz, fastText's own model, which FineWeb was made with in its larger form. It
 * is read from the package `fasttext.wasm.js` when the first text comes: this package holds no model. The model is
 * under CC BY-SA 3.0.
 *
 * @throws MissingLid176Error when the first text comes
 */
export function lid176(): LanguageIdentifier {
  let loading: Promise<LanguageIdentifier> | undefined;
  return {
    async identify(text) {
      loading ??= load();
      return (await loading).identify(text);
    },
  };
}

async function load(): Promise<LanguageIdentifier> {
  const require = createRequire(import.meta.url);
  try {
    const path = require.resolve("fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz");
    return fasttextLanguage(await readFile(path));
  } catch (error) {
    if (error instanceof Error && "code" in error) throw new MissingLid176Error(error);
    throw error;
  }
}
