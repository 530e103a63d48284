import type { Io, Program } from "@llm/platform/command";
import { version } from "../../package.json";
import type {
  ChatArguments,
  ExplainArguments,
  RunArguments,
  SampleArguments,
  ServeArguments,
  ViewArguments,
  WarcArguments,
} from "./arguments.js";
import { explainCommand, warcCommand } from "./document-commands.js";
import { runCommand } from "./run-command.js";
import { chatCommand, sampleCommand, serveCommand, viewCommand } from "./talk-commands.js";

/** What each command does with its arguments. */
export interface Work {
  run(args: RunArguments, io: Io): Promise<void>;
  chat(args: ChatArguments, io: Io): Promise<void>;
  serve(args: ServeArguments, io: Io): Promise<void>;
  view(args: ViewArguments, io: Io): Promise<void>;
  sample(args: SampleArguments, io: Io): Promise<void>;
  explain(args: ExplainArguments, io: Io): Promise<void>;
  warc(args: WarcArguments, io: Io): Promise<void>;
}

/** The command line of the demo. */
export function demoProgram(work: Work): Program {
  return {
    name: "demo",
    invocation: "npm run demo --",
    version,
    description: "From raw documents to an assistant that you can talk to.",
    defaultCommand: "run",
    commands: [
      (io) => runCommand(work.run, io),
      (io) => chatCommand(work.chat, io),
      (io) => serveCommand(work.serve, io),
      (io) => viewCommand(work.view, io),
      (io) => sampleCommand(work.sample, io),
      (io) => explainCommand(work.explain, io),
      (io) => warcCommand(work.warc, io),
    ],
  };
}
