import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  checkWritable,
  DiskFullError,
  syncFolder,
  WriteError,
  writeAllAside,
  writeAside,
  writeFlushed,
} from "../src/durable.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "durable-"));
  path = join(folder, "out.txt");
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const read = () => readFileSync(path, "utf8");

async function* pieces() {
  yield bytes("some ");
  yield bytes("text");
}

describe.each([
  ["writeAside", writeAside],
  ["writeFlushed", writeFlushed],
])("%s", (_, write) => {
  test.each([
    ["a text", () => "some text"],
    ["bytes", () => bytes("some text")],
    ["pieces", () => [bytes("some "), bytes("text")]],
    ["pieces that come later", pieces],
  ])("takes %s, and leaves nothing else", async (_, content) => {
    await write(path, "what was there, and was longer");
    await write(path, content());
    expect(read()).toBe("some text");
    expect(readdirSync(folder)).toEqual(["out.txt"]);
  });
});

test("takes no pieces at all, and pieces that are empty", async () => {
  await writeAside(path, []);
  expect(read()).toBe("");
  await writeAside(path, [bytes(""), bytes("a"), bytes("")]);
  expect(read()).toBe("a");
});

test("a content that fails leaves the old file, and nothing beside it", async () => {
  await writeAside(path, "old");
  async function* failing() {
    yield bytes("new");
    throw new RangeError("no more");
  }
  await expect(writeAside(path, failing())).rejects.toThrow(new RangeError("no more"));
  expect(read()).toBe("old");
  await expect(writeAside(path, { length: 1 } as unknown as Uint8Array)).rejects.toThrow(TypeError);
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});

test("an error of the content that has a code is not taken for one of the file", async () => {
  async function* failing() {
    yield bytes("new");
    throw Object.assign(new Error("source is gone"), { code: "ENOENT" });
  }
  await expect(writeAside(path, failing())).rejects.toThrow("source is gone");
});

test("several writers at once: one of the files is there, whole", async () => {
  const texts = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000));
  await Promise.all(texts.map((text) => writeAside(path, text)));
  expect(texts).toContain(read());
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});

describe.each([
  ["writeAside", (to: string) => writeAside(to, "text")],
  ["checkWritable", checkWritable],
])("%s says which file and why", (_, attempt) => {
  test("a missing folder", async () => {
    const missing = join(folder, "nodir", "t.json");
    const failed = attempt(missing).catch((error) => error);
    expect(await failed).toBeInstanceOf(WriteError);
    expect(await failed).toMatchObject({ path: missing, code: "ENOENT" });
    expect((await failed).message).toContain(
      `cannot write ${missing}: there is no folder ${join(folder, "nodir")}`,
    );
  });

  test("a folder in its place", async () => {
    mkdirSync(path);
    await expect(attempt(path)).rejects.toThrow(`cannot write ${path}: it is a folder`);
    expect(readdirSync(folder)).toEqual(["out.txt"]);
  });

  test("a file where a folder should be", async () => {
    await writeAside(path, "text");
    const failed = attempt(join(path, "t.json"));
    await expect(failed).rejects.toThrow(`${path} is not a folder`);
  });

  test.skipIf(!existsSync("/proc/self"))("a folder that takes no files", async () => {
    await expect(attempt("/proc/self/t.json")).rejects.toThrow(WriteError);
  });

  test.skipIf(!existsSync("/dev/null"))("a device is written, not replaced", async () => {
    symlinkSync("/dev/null", path);
    await attempt(path);
    expect(read()).toBe("");
    expect(readdirSync(folder)).toEqual(["out.txt"]);
  });
});

test("checkWritable changes nothing", async () => {
  await checkWritable(path);
  expect(readdirSync(folder)).toEqual([]);
  await writeAside(path, "old");
  await checkWritable(path);
  expect(read()).toBe("old");
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});

test("checkWritable where the folders will be made: looks at the nearest that is there, and makes none", async () => {
  const deep = join(folder, "a", "b", "t.json");
  await checkWritable(deep, { makesFolders: true });
  expect(readdirSync(folder)).toEqual([]);
  await writeAside(path, "text");
  const failed = checkWritable(join(path, "b", "t.json"), { makesFolders: true });
  await expect(failed).rejects.toThrow(/cannot write .*t\.json: .* is not a folder/);
  mkdirSync(deep, { recursive: true });
  await expect(checkWritable(deep, { makesFolders: true })).rejects.toThrow("it is a folder");
});

test.skipIf(!existsSync("/dev/full"))(
  "a full disk is told by a typed error that names the file",
  async () => {
    await writeAside(path, "old");
    // The kernel's own full device stands where the next files are to be written.
    const asides = Array.from({ length: 200 }, (_, i) => `${path}.${process.pid}-${i}.tmp`);
    for (const aside of asides) symlinkSync("/dev/full", aside);
    const failed = writeAside(path, "new").catch((error) => error);
    expect(await failed).toBeInstanceOf(DiskFullError);
    expect(await failed).toMatchObject({ name: "DiskFullError", path, code: "ENOSPC" });
    expect((await failed).message).toContain(path);
    expect(read()).toBe("old");
    expect(readdirSync(folder)).toHaveLength(asides.length); // one of them was removed
  },
);

test("writeFlushed names the file that its own will be", async () => {
  const place = join(folder, "nodir", "out.txt");
  const failed = writeFlushed(place, "x", path);
  await expect(failed).rejects.toMatchObject({ name: "WriteError", path, code: "ENOENT" });
  await writeFlushed(path, "x", join(folder, "other.txt"));
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});

test("syncFolder refuses what is not there", async () => {
  await syncFolder(folder);
  if (process.platform !== "win32") await expect(syncFolder(join(folder, "nodir"))).rejects.toThrow("ENOENT");
});

test("several files are replaced together, or none is", async () => {
  const second = join(folder, "second.txt");
  await writeAllAside([
    [path, "old"],
    [second, "old too"],
  ]);
  const failing = async function* () {
    yield bytes("new");
    throw new Error("no more");
  };
  const replaced = writeAllAside([
    [path, "new"],
    [second, failing()],
  ]);
  await expect(replaced).rejects.toThrow("no more");
  expect([read(), readFileSync(second, "utf8")]).toEqual(["old", "old too"]);
  expect(readdirSync(folder).sort()).toEqual(["out.txt", "second.txt"]);
});

test("a sole writer writes over what a killed one has left", async () => {
  const options = { isSoleWriter: true };
  writeFileSync(`${path}.tmp`, "half of a text that was longer");
  await writeAside(path, "text", options);
  expect(read()).toBe("text");
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});
