// How the text of a shader is put together. A kernel writes `$name` for a buffer and `p.name` for a number; where two names stand
// for one buffer, as a kernel in place has it, they become one binding, since a buffer may not be bound twice for writing.

/** The element type of a buffer as a shader sees it. Numbers of 8 and 16 bits are read from words; some are read by fours. */
export type Element = "f32" | "i32" | "u32" | "vec4<f32>" | "vec2<u32>";

export interface Binding {
  readonly name: string;
  readonly element: Element;
  readonly isWritten: boolean;
  /** The names that stand for it. */
  readonly aliases: readonly string[];
}

export interface ShaderText {
  readonly bindings: readonly Binding[];
  readonly ints: readonly string[];
  readonly floats: readonly string[];
  readonly size: readonly [x: number, y: number];
  readonly code: string;
}

/** The most numbers a kernel may be given: a slot of 256 bytes. */
export const SLOT_WORDS = 64;

/**
 * The whole shader. Its main function has `lane`, the invocation within its workgroup; `lanes`, its two coordinates; and
 * `group`, the number of the workgroup, counted over two dimensions, of which one alone ends at 65,535.
 */
export function shaderOf({ bindings, ints, floats, size, code }: ShaderText): string {
  const fields = [...ints.map((name) => `${name}: u32`), ...floats.map((name) => `${name}: f32`)];
  const [head, body] = split(code);
  const buffers = bindings.map(
    ({ name, element, isWritten }, i) =>
      `@group(0) @binding(${i + 1}) var<storage, ${isWritten ? "read_write" : "read"}> ${name}_: array<${element}>;`,
  );
  const text = `
struct Params { ${fields.length > 0 ? fields.join(", ") : "none: u32"} }
@group(0) @binding(0) var<uniform> p: Params;
${buffers.join("\n")}
${head}
@compute @workgroup_size(${size[0]}, ${size[1]})
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(local_invocation_id) lanes: vec3<u32>,
  @builtin(workgroup_id) groups: vec3<u32>,
  @builtin(num_workgroups) counts: vec3<u32>,
) {
  let group = groups.y * counts.x + groups.x;
  let entry = groups.z;
${body}
}
`;
  const nameOf = new Map(
    bindings.flatMap(({ name, aliases }) => aliases.map((alias) => [alias, `${name}_`] as const)),
  );
  return text.replace(/\$(\w+)/g, (_, name: string) => nameOf.get(name) ?? unknown(name));
}

/** What stands before the line `---` belongs outside of the main function. */
export function split(code: string): [head: string, body: string] {
  const at = code.indexOf("\n---\n");
  return at < 0 ? ["", code] : [code.slice(0, at), code.slice(at + 5)];
}

function unknown(name: string): never {
  throw new Error(`a shader names the buffer ${name}, which its call does not have`);
}
