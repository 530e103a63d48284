import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./cluster.sh", import.meta.url));

/** Why no cluster can be started here; undefined if one can. */
export function clusterProblem(): string | undefined {
  if (process.getuid?.() !== 0) return "a Slurm cluster of one's own needs root";
  const missing = ["sbatch", "slurmctld", "slurmd", "munged"].filter((name) => {
    try {
      execFileSync("/bin/sh", ["-c", `command -v ${name}`], { stdio: "pipe" });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length > 0 ? `there is no ${missing.join(", ")} (Debian: slurm-wlm, munge)` : undefined;
}

/** Starts a cluster of one node, which Slurm's commands then find; answers how to stop it. */
export async function startCluster(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "slurm-"));
  const [control, node] = [await freePort(), await freePort()];
  const env = { ...process.env, SLURMCTLD_PORT: `${control}`, SLURMD_PORT: `${node}` };
  execFileSync(script, ["start", folder], { env, stdio: ["ignore", "ignore", "inherit"] });
  process.env["SLURM_CONF"] = join(folder, "slurm.conf");
  return () => {
    execFileSync(script, ["stop", folder]);
    delete process.env["SLURM_CONF"];
    rmSync(folder, { recursive: true, force: true });
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
