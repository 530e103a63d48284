import type { Arguments } from "./arguments.js";
import { type Io, UsageError, write } from "./io.js";
import { formatOf, openTokenizer, writeTokenizer } from "./tokenizer-files.js";

/** `bpe convert`: one tokenizer file to another form. */
export async function convertCommand(options: Arguments, io: Io): Promise<void> {
  const [from, to, ...more] = options.files;
  if (!from || !to || more.length > 0) {
    throw new UsageError('convert takes two paths, from and to. "bpe convert --help" shows which.');
  }
  const tokenizer = await openTokenizer(from, options);
  const files = await writeTokenizer(tokenizer, to);
  const special = Object.fromEntries(tokenizer.specialTokens);
  const pattern = typeof tokenizer.pattern === "string" ? tokenizer.pattern : tokenizer.pattern.source;
  if (options.has("json")) {
    await write(
      io.stdout,
      `${JSON.stringify({ files, vocabSize: tokenizer.vocabSize, pattern, specialTokens: special })}\n`,
    );
  } else if (formatOf(to) !== "hf") {
    const reopen = Object.entries(special).map(([token, id]) => ` --special '${token}=${id}'`);
    await write(
      io.stderr,
      `${files.join(", ")}: pattern and special tokens are not in this form; open it with --pattern ${pattern}${reopen.join("")}\n`,
    );
  }
}
