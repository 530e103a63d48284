import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/**
 * Chromium with an empty profile; `close` also removes the profile. With `webgpu` pages have a GPU, in software; without `simd`
 * its WebAssembly knows none.
 */
export async function openBrowser({
  webgpu = false,
  simd = true,
}: {
  webgpu?: boolean;
  simd?: boolean;
} = {}): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `No Chromium at ${executablePath}. Install it (Debian, Ubuntu: apt-get install -y chromium), or set CHROMIUM to its path.`,
    );
  }
  const profile = await mkdtemp(join(tmpdir(), "llm-docs-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(webgpu ? ["--enable-unsafe-webgpu"] : []),
      ...(simd ? [] : ["--js-flags=--no-enable-sse4-1"]),
    ],
  });
  // On a busy machine what is waited for comes late, and all the same.
  context.setDefaultTimeout(60_000);
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Collects what a reader would only see in the developer tools, and every request that leaves the site. */
export function watch(page: Page, site: string): string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    // Without a graphics card Chromium itself reads WebGL's pictures back, and says that this is slow.
    if (message.text().includes("GPU stall due to ReadPixels")) return;
    if (message.type() === "error" || message.type() === "warning") {
      problems.push(`${page.url()}: console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site) && !/^(data|blob):/.test(url)) problems.push(`${page.url()}: asks for ${url}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // Leaving a page stops what it was still prefetching.
    if (reason !== "net::ERR_ABORTED") problems.push(`${page.url()}: ${request.url()} failed: ${reason}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${page.url()}: ${response.url()} gave ${response.status()}`);
  });
  return problems;
}
