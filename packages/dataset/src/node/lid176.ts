import { readFile } from "node:fs/promises";
import { fasttextLanguage } from "../language/fasttext.js";
import type { LanguageIdentifier } from "../language/identifier.js";
import { findInstalled } from "./installed.js";

/** The package that holds the model is not installed. */
export class MissingLid176Error extends Error {
  override readonly name = "MissingLid176Error";
  constructor() {
    super(
      'There is no lid.176.ftz. Run "npm install fasttext.wasm.js@1", which holds it, or give the bytes of a model to fasttextLanguage().',
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
  const path = findInstalled("fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz");
  if (!path) throw new MissingLid176Error();
  return fasttextLanguage(await readFile(path));
}
