// A registry that has this release and nothing else: package managers ask it for what is called @llm/..
import { createReadStream } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import type { Packed } from "./release.js";

/** Serves the packages on a port of this machine; resolves when it listens. */
export async function serveRegistry(packages: readonly Packed[]): Promise<{ url: string; server: Server }> {
  const server = createServer(({ url = "/" }, response) => {
    const path = decodeURIComponent(url).slice(1);
    const tarball = packages.find((packed) => path === basename(packed.tarball));
    if (tarball) {
      createReadStream(tarball.tarball).pipe(response);
      return;
    }
    const packed = packages.find(({ manifest }) => manifest.name === path);
    response.statusCode = packed ? 200 : 404;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(packed ? document(packed) : { error: `there is no ${path} here` }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  function document({ manifest, tarball, integrity }: Packed) {
    const dist = { tarball: url + basename(tarball), integrity };
    const { name, version } = manifest;
    return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
  }

  return { url, server };
}
