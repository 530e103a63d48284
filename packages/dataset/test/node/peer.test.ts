import { expect, test } from "vitest";
import { MissingPackageError } from "../../src/node/index.js";
import { peer } from "../../src/node/peer.js";

const missing = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from here`), {
    code: "ERR_MODULE_NOT_FOUND",
  });

test.each([
  missing("some-sdk"),
  Object.assign(new Error("Cannot find module 'some-sdk'"), { code: "MODULE_NOT_FOUND" }), // from a bundle as CommonJS
])("an optional package that is not installed is an error that says what to install", async (error) => {
  const loading = peer("some-sdk", "Reading from some://", (handle) => Promise.reject(error).catch(handle));
  await expect(loading).rejects.toThrow(MissingPackageError);
  await expect(loading).rejects.toThrow(/Reading from some:\/\/ .* npm install some-sdk/);
});

test("a package that is here and broken is not said to be missing", async () => {
  const error = missing("its-own-dependency");
  await expect(peer("some-sdk", "Reading", (handle) => Promise.reject(error).catch(handle))).rejects.toBe(
    error,
  );
});
