import { diverging, type Rgb, rising } from "../palette.js";
import { ATLAS_WIDTH } from "./atlas.js";
import { MISSING, STRIDE } from "./instances.js";
import { LINE_CORNERS, LINE_FRAGMENT, LINE_VERTEX } from "./line-shaders.js";
import { LINE_STRIDE } from "./lines.js";
import type { Matrix } from "./matrix.js";
import { FRAGMENT, VERTEX } from "./shaders.js";

/** Colours of a palette that the shader knows: from -1 to 1, or from 0 to 1. */
const COLOURS = 511;

/** Corners of a cube's six faces, each with the face's direction; y and z point into the panel. */
function cube(): Float32Array {
  const numbers: number[] = [];
  for (const axis of [0, 1, 2]) {
    for (const end of [0, 1]) {
      const normal = [0, 0, 0];
      normal[axis] = axis === 0 ? 2 * end - 1 : 1 - 2 * end;
      const [across, along] = [(axis + 1) % 3, (axis + 2) % 3];
      for (const [a, b] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const) {
        const corner = [0, 0, 0];
        corner[axis] = end;
        corner[across] = a;
        corner[along] = b;
        numbers.push(...corner, ...normal);
      }
    }
  }
  return new Float32Array(numbers);
}

/** Bytes that are kept for panels that move. */
const MOVING = 256 * STRIDE;

/** What is drawn. */
export interface Picture {
  readonly matrix: Matrix;
  readonly accent: Rgb;
  /** Pixels of a frame's line. */
  readonly thickness: number;
}

/** Instances that are drawn in one call. */
interface Group {
  readonly array: WebGLVertexArrayObject;
  readonly buffer: WebGLBuffer;
  count: number;
}

/** An attribute of an instance: its location, how many numbers, and the byte at which they begin. */
type Attribute = readonly [location: number, size: number, offset: number];

/** The graphics card's side: one texture of values; panels, frames and two kinds of lines in a draw call each. */
export class Renderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #boxes: WebGLProgram;
  readonly #strips: WebGLProgram;
  readonly #panels: Group;
  readonly #frames: Group;
  readonly #flow: Group;
  readonly #lines: Group;
  readonly #values: WebGLTexture;
  /** The panels that were sent last, and bytes that there are for all. */
  #still: ArrayBuffer | undefined;
  #room = 0;
  /** Draw calls of the last picture. */
  calls = 0;

  /** @throws where the shaders do not compile here */
  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#boxes = program(gl, VERTEX, FRAGMENT);
    this.#strips = program(gl, LINE_VERTEX, LINE_FRAGMENT);
    const corners = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, corners);
    gl.bufferData(gl.ARRAY_BUFFER, cube(), gl.STATIC_DRAW);
    this.#panels = this.#boxGroup(corners);
    this.#frames = this.#boxGroup(corners);
    [this.#flow, this.#lines] = [this.#lineGroup(), this.#lineGroup()];
    this.#values = texture(gl, 0);
    texture(gl, 1);
    const palettes = [diverging, rising].flatMap((colour, row) =>
      Array.from({ length: COLOURS }, (_, i) => {
        const share = i / (COLOURS - 1);
        return [...colour(row === 0 ? 2 * share - 1 : share), 255];
      }),
    );
    gl.texImage2D(
      gl.TEXTURE_2D,
      0,
      gl.RGBA8,
      COLOURS,
      2,
      0,
      gl.RGBA,
      gl.UNSIGNED_BYTE,
      new Uint8Array(palettes.flat()),
    );
    this.atlas(new Float32Array(ATLAS_WIDTH), 1);
    gl.clearColor(0, 0, 0, 0);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Rows of texels that fit. */
  static room(gl: WebGL2RenderingContext): number {
    return gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
  }

  atlas(texels: Float32Array, height: number): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#values);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, ATLAS_WIDTH, height, 0, gl.RED, gl.FLOAT, texels);
  }

  /** Panels, and behind them those that move: while the others are the same, only these are sent anew. */
  panels(still: ArrayBuffer, moving: ArrayBuffer): void {
    const gl = this.#gl;
    const size = still.byteLength + moving.byteLength;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#panels.buffer);
    if (still !== this.#still || size > this.#room) {
      this.#still = still;
      this.#room = size + MOVING;
      gl.bufferData(gl.ARRAY_BUFFER, this.#room, gl.DYNAMIC_DRAW);
      gl.bufferSubData(gl.ARRAY_BUFFER, 0, still);
    }
    gl.bufferSubData(gl.ARRAY_BUFFER, still.byteLength, moving);
    this.#panels.count = size / STRIDE;
  }

  /** Changes how much of some panels has still to come, and nothing else. */
  missing(panels: readonly number[], share: number): void {
    const gl = this.#gl;
    const number = new Float32Array([-share]);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#panels.buffer);
    for (const at of panels) gl.bufferSubData(gl.ARRAY_BUFFER, at * STRIDE + MISSING, number);
  }

  frames(instances: ArrayBuffer): void {
    this.#fill(this.#frames, instances, STRIDE);
  }

  /** Lines that panels hide. */
  flow(instances: ArrayBuffer): void {
    this.#fill(this.#flow, instances, LINE_STRIDE);
  }

  /** Lines that are seen through what stands before them. */
  lines(instances: ArrayBuffer): void {
    this.#fill(this.#lines, instances, LINE_STRIDE);
  }

  draw({ matrix, accent, thickness }: Picture): void {
    const gl = this.#gl;
    const colour = accent.map((part) => part / 255);
    this.calls = 0;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);

    gl.enable(gl.DEPTH_TEST);
    const box = this.#use(this.#boxes);
    gl.uniformMatrix4fv(box("camera"), false, matrix);
    gl.uniform1i(box("values"), 0);
    gl.uniform1i(box("palettes"), 1);
    gl.uniform1f(box("thickness"), thickness);
    gl.uniform3fv(box("accent"), colour);
    for (const group of [this.#panels, this.#frames]) this.#call(group, gl.TRIANGLES, 36);

    const line = this.#use(this.#strips);
    gl.uniformMatrix4fv(line("camera"), false, matrix);
    gl.uniform2f(line("size"), gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform3fv(line("accent"), colour);
    gl.enable(gl.BLEND);
    this.#call(this.#flow, gl.TRIANGLE_STRIP, LINE_CORNERS);
    gl.disable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    this.#call(this.#lines, gl.TRIANGLE_STRIP, LINE_CORNERS);
  }

  #use(program: WebGLProgram): (name: string) => WebGLUniformLocation | null {
    this.#gl.useProgram(program);
    return (name) => this.#gl.getUniformLocation(program, name);
  }

  #call({ array, count }: Group, mode: number, corners: number): void {
    if (count === 0) return;
    this.#gl.bindVertexArray(array);
    this.#gl.drawArraysInstanced(mode, 0, corners, count);
    this.calls++;
  }

  #boxGroup(corners: WebGLBuffer): Group {
    const gl = this.#gl;
    const group = this.#group(STRIDE, [
      [2, 3, 0],
      [3, 3, 12],
      [4, 4, 24],
    ]);
    gl.enableVertexAttribArray(5);
    gl.vertexAttribIPointer(5, 3, gl.INT, STRIDE, 40);
    gl.vertexAttribDivisor(5, 1);
    gl.bindBuffer(gl.ARRAY_BUFFER, corners);
    for (const [location, offset] of [
      [0, 0],
      [1, 12],
    ] as const) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, 3, gl.FLOAT, false, 24, offset);
    }
    return group;
  }

  #lineGroup(): Group {
    return this.#group(LINE_STRIDE, [
      [0, 3, 0],
      [1, 3, 12],
      [2, 3, 24],
      [3, 1, 36],
    ]);
  }

  /** Its array and buffer are bound afterwards. */
  #group(stride: number, attributes: readonly Attribute[]): Group {
    const gl = this.#gl;
    const [array, buffer] = [gl.createVertexArray(), gl.createBuffer()];
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    for (const [location, size, offset] of attributes) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, stride, offset);
      gl.vertexAttribDivisor(location, 1);
    }
    return { array, buffer, count: 0 };
  }

  #fill(group: Group, instances: ArrayBuffer, stride: number): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, group.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, instances, gl.DYNAMIC_DRAW);
    group.count = instances.byteLength / stride;
  }
}

function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const made = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) {
    const words = gl.getAttachedShaders(made)!.map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(
      `The scene's shaders do not work here: ${[...words, gl.getProgramInfoLog(made)].join(" ")}`,
    );
  }
  return made;
}

function texture(gl: WebGL2RenderingContext, unit: number): WebGLTexture {
  const made = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  }
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
    gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  }
  return made;
}
