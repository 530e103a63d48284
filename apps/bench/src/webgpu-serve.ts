// Serves the page on which a browser measures our engine "webgpu" beside jax-js and tfjs on WebGPU: open the address that is printed,
// with `?rows=16384` for other products. It ends with Ctrl+C.
//
//     npm run bench:webgpu-page [-- <port, default 8787>]
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("webgpu-page.ts", import.meta.url))],
  ...{ bundle: true, write: false, format: "esm", platform: "browser", target: "es2022" },
  ...{ conditions: ["@llm/source"], external: ["node:*", "koffi"], logLevel: "error" },
});
const page =
  '<!doctype html><meta charset="utf-8"><title>WebGPU, side by side</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
const port = Number(process.argv[2] ?? 8787);
createServer(({ url }, response) => {
  const isScript = url?.startsWith("/page.js");
  response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html; charset=utf-8" });
  response.end(isScript ? outputFiles[0]!.text : page);
}).listen(port, "127.0.0.1", () =>
  console.log(`Open http://127.0.0.1:${port}/ in a browser that has WebGPU.`),
);
