// Adds up the reports that vitest writes to `<workspace>/reports/test.json` and prints the closing line.
// `--keep <name>` counts the reports there are and sets them aside, so that the next run of the same tests adds to them.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const kept = new URL(".ci/reports/kept/", root);

function workspaces() {
  const packages = readdirSync(new URL("packages/", root)).map((name) => `packages/${name}/`);
  return [...packages, "apps/demo/", "docs/", ".ci/boundaries/", ".ci/"];
}

function takeReports() {
  return workspaces().flatMap((folder) => {
    const file = new URL(`${folder}reports/test.json`, root);
    if (!existsSync(file)) return [];
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
      readFileSync(file, "utf8"),
    );
    // A file that fails to load holds no test, yet it has failed.
    const broken = testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.length === 0,
    ).length;
    renameSync(file, new URL(`${folder}reports/counted.json`, root));
    return [{ passed: numPassedTests, failed: numFailedTests + broken, skipped: numPendingTests }];
  });
}

function sum(counts) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const count of counts) for (const key of Object.keys(total)) total[key] += count[key];
  return total;
}

const counted = sum(takeReports());
const name = process.argv[process.argv.indexOf("--keep") + 1];
if (process.argv.includes("--keep")) {
  mkdirSync(kept, { recursive: true });
  writeFileSync(new URL(`${name}.json`, kept), JSON.stringify(counted));
  console.log(`${name}: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`);
} else {
  const earlier = existsSync(kept)
    ? readdirSync(kept).map((file) => JSON.parse(readFileSync(new URL(file, kept), "utf8")))
    : [];
  const total = sum([counted, ...earlier]);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}
