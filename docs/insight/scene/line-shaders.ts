/** Pieces of a line, each of them straight; the last ones are the arrow's head. */
const PIECES = 32;
const HEAD_PIECES = 4;
/** Pixels of a head, unless the line is too short for it. */
const HEAD = 11;
const QUIET_HEAD = 9;
/** Pixels of a unit from which on a quiet line has its full weight: among smaller tensors it is thinner and fainter. */
const FULL = 0.4;
/** Corners of the strip that a line is drawn as. */
export const LINE_CORNERS = 2 * (PIECES + 1);

/** A line becomes a strip of a width in pixels, whatever its distance, and ends in the head of an arrow. */
export const LINE_VERTEX = `#version 300 es
precision highp float;
uniform mat4 camera;
uniform vec2 size;
layout(location = 0) in vec3 from;
layout(location = 1) in vec3 to;
layout(location = 2) in vec3 bow;
layout(location = 3) in float given;
out float across;
out float along;
out float head;
flat out float style;
out float weight;
vec4 placeAt(float share) {
  vec3 way = mix(from, to, share);
  return camera * vec4(way + bow * sin(3.14159265 * share), 1.0);
}
void main() {
  // One that stands out.
  bool isOut = given < 0.0;
  float look = abs(given);
  vec4 ends[2] = vec4[2](placeAt(0.0), placeAt(1.0));
  float pixels = length((ends[1].xy / ends[1].w - ends[0].xy / ends[0].w) * size) / 2.0;
  float headShare = look > 2.5 ? 0.0 : min(0.3, (look > 1.5 ? ${QUIET_HEAD}.0 : ${HEAD}.0) / max(pixels, 1.0));
  float piece = float(gl_VertexID / 2);
  float body = ${PIECES - HEAD_PIECES}.0;
  float share = piece <= body
    ? (1.0 - headShare) * piece / body
    : 1.0 - headShare * (${PIECES}.0 - piece) / ${HEAD_PIECES}.0;
  float side = float(gl_VertexID % 2) * 2.0 - 1.0;
  vec4 here = placeAt(share);
  vec4 before = placeAt(share - 0.01);
  vec4 after = placeAt(share + 0.01);
  vec2 way = (after.xy * before.w - before.xy * after.w) * size * sign(before.w * after.w);
  vec2 normal = length(way) > 0.0 ? normalize(vec2(-way.y, way.x)) : vec2(0.0, 1.0);
  // Widest where it begins.
  head = piece > body && look < 2.5 ? 1.0 : 0.0;
  float wide = head * min(1.0, (${PIECES}.0 - piece) / ${HEAD_PIECES - 1}.0);
  float unit = length(vec3(camera[0][1], camera[1][1], camera[2][1])) * size.y / 2.0 / max(here.w, 0.001);
  weight = look > 1.5 && !isOut ? sqrt(min(1.0, unit / ${FULL})) : 1.0;
  float width = look > 1.5
    ? max(0.5, (isOut ? 1.4 : 0.8) * weight) + 2.2 * weight * wide * min(1.0, pixels / 40.0)
    : 1.5 + 2.5 * wide;
  gl_Position = here;
  gl_Position.xy += 2.0 * side * width * normal / size * here.w;
  // A cell's lines are seen through what stands before them.
  if (look < 1.5) gl_Position.z = 0.0;
  // Before a grey one on the same way.
  if (isOut) gl_Position.z -= 0.0005 * here.w;
  across = side * width;
  along = share;
  style = given;
}`;

/** In the accent, with an edge that stands out from what is behind, light or dark; a quiet one in grey, or in the accent where it stands out. */
export const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 accent;
in float across;
in float along;
in float head;
flat in float style;
in float weight;
out vec4 colour;
void main() {
  if (abs(style) > 1.5) {
    colour = style < 0.0 ? vec4(accent, 1.0) : weight * vec4(0.5, 0.54, 0.6, 1.0);
    return;
  }
  if (style > 0.5 && head == 0.0 && fract(along * 18.0) > 0.6) discard;
  bool isDark = dot(accent, vec3(0.3, 0.59, 0.11)) < 0.5;
  bool isEdge = abs(across) > 1.0 && head == 0.0;
  colour = vec4(isEdge ? vec3(isDark ? 1.0 : 0.0) : accent, 1.0);
}`;
