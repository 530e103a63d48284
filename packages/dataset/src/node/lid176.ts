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

const LANGUAGES: readonly string[] =
  "af als am an ar arz as ast av az azb ba bar bcl be bg bh bn bo bpy br bs bxr ca cbk ce ceb ckb co cs cv cy da de diq dsb dty dv el eml en eo es et eu fa fi fr frr fy ga gd gl gn gom gu gv he hi hif hr hsb ht hu hy ia id ie ilo io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la lb lez li lmo lo lrc lt lv mai mg mhr min mk ml mn mr mrj ms mt mwl my myv mzn nah nap nds ne new nl nn no oc or os pa pam pfl pl pms pnb ps pt qu rm ro ru rue sa sah sc scn sco sd sh si sk sl so sq sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vep vi vls vo wa war wuu xal xmf yi yo yue zh".split(
    " ",
  );

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
    languages: LANGUAGES,
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
