/** Runs edited code in a worker of its own, apart from the examples' so that those stay as small as they are. */
import { runForPage } from "../print.js";
import { describe, evaluate } from "./evaluate.js";
import { modules } from "./modules.js";

runForPage((source) => evaluate(source, modules), describe);
