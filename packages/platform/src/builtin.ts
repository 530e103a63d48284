/** Modules of Node that our packages use where there are any. */
interface NodeModules {
  "node:module": typeof import("node:module");
  "node:os": typeof import("node:os");
  "node:url": typeof import("node:url");
  "node:worker_threads": typeof import("node:worker_threads");
  "node:zlib": typeof import("node:zlib");
}

/** A module of Node, where there is Node. Not imported: a browser's bundler must not look for it. */
export function builtin<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: Name) => NodeModules[Name] } };
  return process?.getBuiltinModule?.(name);
}
