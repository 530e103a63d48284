import { testExamples } from "../../../.config/examples.js";

testExamples(
  import.meta.glob("../examples/**/*.ts"),
  import.meta.glob("../examples/**/*.ts", { query: "?raw", import: "default" }),
);
