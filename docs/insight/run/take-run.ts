import { messageOf } from "../message-of.js";
import type { Model } from "../model.js";
import type { NamedFile } from "./named-file.js";
import { openRun } from "./open-run.js";
import type { runPanel } from "./run-panel.js";

interface Taking {
  readonly panel: ReturnType<typeof runPanel>;
  readonly model: Model;
  readonly signal: AbortSignal;
  /** Whether the reader has chosen another run since. */
  isGivenUp(): boolean;
  say(words: string): void;
  warn(words: string): void;
  /** Shows the run that has been opened. */
  show(): void;
}

/** Opens a run that the reader has chosen, and says how that goes; what is shown stays where one of its files is wrong. */
export async function takeRun(
  files: readonly NamedFile[],
  { panel, model, signal, isGivenUp, say, warn, show }: Taking,
): Promise<void> {
  if (isGivenUp()) return;
  const stayed = "What was open before stays.";
  try {
    const own = await openRun(files, {
      weigh: (weights) => model.call("weigh", weights, signal),
      agree: (question) => {
        say(question);
        return panel.ask(question);
      },
      async tryModel({ files }) {
        panel.say("The model is being opened…");
        await model.call("open", { files }, signal);
      },
      isGivenUp,
    });
    if (own) {
      panel.say(`Open: ${own.words}. All views show it.`);
      say(`Your run is open: ${own.words}.`);
      warn("");
      show();
    } else if (!isGivenUp()) panel.say(`The model was not opened. ${stayed}`);
  } catch (error) {
    if (signal.aborted || isGivenUp()) return;
    const words = `${messageOf(error)} ${stayed}`;
    // Where the files were chosen, too: a warning stands at the view's end.
    panel.say(words);
    warn(words);
  }
}
