import { ATLAS_WIDTH } from "./atlas.js";

/** Numbers of 4 bytes that an instance has: see `instances.ts`. */
export const VERTEX = `#version 300 es
precision highp float;
precision highp int;
uniform mat4 camera;
layout(location = 0) in vec3 corner;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec3 at;
layout(location = 3) in vec3 size;
layout(location = 4) in vec4 look;
layout(location = 5) in ivec3 grid;
out vec2 place;
flat out vec3 side;
flat out vec4 style;
flat out ivec3 cells;
void main() {
  vec3 from = corner * vec3(1.0, -1.0, -1.0);
  gl_Position = camera * vec4(at + size * from, 1.0);
  place = corner.xy;
  side = normal;
  style = look;
  cells = grid;
}`;

/**
 * style: what the strongest colour stands for; row of the palette, and 2 more for what is given; strength; 1 for a frame, else less
 * than 0 by the share of the cells, row by row, that has still to come; -2 for an outline alone.
 * cells: first, rows, columns.
 */
export const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
uniform sampler2D values;
uniform sampler2D palettes;
uniform vec3 accent;
uniform float thickness;
in vec2 place;
flat in vec3 side;
flat in vec4 style;
flat in ivec3 cells;
out vec4 colour;

vec3 colourOf(float value) {
  if (value < -1e38) return vec3(128.0) / 255.0;
  int row = int(style.y) % 2;
  float share = value / style.x;
  if (row == 0) share = share * 0.5 + 0.5;
  int texel = int(clamp(share, 0.0, 1.0) * 510.0 + 0.5);
  return texelFetch(palettes, ivec2(texel, row), 0).rgb;
}

void main() {
  vec2 pixel = fwidth(place);
  float strength = style.z;
  if (style.w > 0.5) {
    vec2 inside = min(place, 1.0 - place) / pixel;
    if (side.z < 0.5 || min(inside.x, inside.y) > thickness) discard;
    colour = vec4(accent, 1.0);
    return;
  }
  vec3 edge = style.y > 1.5 ? vec3(0.48, 0.56, 0.78) : vec3(0.52, 0.68, 0.54);
  if (style.w < -1.5) {
    vec2 inside = min(place, 1.0 - place) / pixel;
    if (side.z < 0.5 || min(inside.x, inside.y) > 1.5) discard;
    colour = vec4(edge, 1.0) * strength;
    return;
  }
  if (side.z < 0.5) {
    float light = 0.62 + 0.18 * side.y + 0.08 * side.x;
    colour = vec4(edge * light, 1.0) * strength;
    return;
  }
  vec2 extents = vec2(cells.z, cells.y);
  vec2 cell = place * extents;
  vec2 footprint = pixel * extents;
  vec3 body = style.y > 1.5 ? vec3(0.78, 0.82, 0.92) : vec3(0.79, 0.88, 0.8);
  float before = floor(cell.y) * extents.x + floor(cell.x);
  bool isThere = before + 0.5 < (1.0 + style.w) * extents.x * extents.y;
  if (cells.x >= 0 && isThere) {
    float width = max(footprint.x, footprint.y);
    int wanted = width > 1.0 ? int(log2(width) + 0.5) : 0;
    int first = cells.x;
    ivec2 at = ivec2(min(cell, extents - 0.5));
    ivec2 grid = cells.zy;
    for (int level = 0; level < wanted && grid.x * grid.y > 1; level++) {
      first += grid.x * grid.y;
      grid = (grid + 1) / 2;
      at /= 2;
    }
    int texel = first + at.y * grid.x + at.x;
    body = colourOf(texelFetch(values, ivec2(texel % ${ATLAS_WIDTH}, texel / ${ATLAS_WIDTH}), 0).r);
  }
  // Of a shape without values, what has still to come stands back.
  if (cells.x < 0 && !isThere) strength *= 0.3;
  vec2 border = min(fract(cell), 1.0 - fract(cell)) / footprint;
  if (max(footprint.x, footprint.y) < 0.125 && min(border.x, border.y) < 0.5) body *= 0.8;
  colour = vec4(body, 1.0) * strength;
}`;
