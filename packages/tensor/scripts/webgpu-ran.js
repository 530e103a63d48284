// After `npm run test:webgpu`: fails where a file was chosen and none of its tests ran, or where one of the engine's own was left out,
// as when a test no longer bears the name that it is chosen by.
import { readFileSync } from "node:fs";

const { testResults } = JSON.parse(readFileSync(new URL("../reports/test.json", import.meta.url), "utf8"));
const problems = testResults.flatMap(({ name, assertionResults }) => {
  const leftOut = assertionResults.filter(({ status }) => status !== "passed");
  if (name.includes("/engines/webgpu/"))
    return leftOut.map(({ fullName }) => `${name}: left out: ${fullName}`);
  return leftOut.length < assertionResults.length ? [] : [`${name}: no test on webgpu ran`];
});
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 || testResults.length === 0 ? 1 : 0;
