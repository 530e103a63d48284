/** Pieces of a line: each is straight. */
const PIECES = 32;
/** Corners of the strip that a line is drawn as. */
export const LINE_CORNERS = 2 * (PIECES + 1);

/** A line becomes a strip of a width in pixels, whatever its distance, and ends in the head of an arrow. */
export const LINE_VERTEX = `#version 300 es
precision highp float;
uniform mat4 camera;
uniform vec2 size;
layout(location = 0) in vec3 from;
layout(location = 1) in vec3 to;
layout(location = 2) in vec2 form;
out float across;
out float along;
flat out float dashed;
vec4 placeAt(float share) {
  vec3 way = mix(from, to, share);
  return camera * vec4(way + vec3(0.0, 0.0, form.y * sin(3.14159265 * share)), 1.0);
}
void main() {
  float share = float(gl_VertexID / 2) / ${PIECES}.0;
  float side = float(gl_VertexID % 2) * 2.0 - 1.0;
  vec4 here = placeAt(share);
  vec4 before = placeAt(share - 0.01);
  vec4 after = placeAt(share + 0.01);
  vec2 way = (after.xy * before.w - before.xy * after.w) * size * sign(before.w * after.w);
  vec2 normal = length(way) > 0.0 ? normalize(vec2(-way.y, way.x)) : vec2(0.0, 1.0);
  float head = smoothstep(0.86, 0.9, share) * (1.0 - share) / 0.1;
  float width = 1.5 + 3.0 * head;
  gl_Position = here;
  gl_Position.xy += 2.0 * side * width * normal / size * here.w;
  gl_Position.z = 0.0;
  across = side * width;
  along = share;
  dashed = form.x;
}`;

/** In the accent, with an edge that stands out from what is behind, light or dark. */
export const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec3 accent;
in float across;
in float along;
flat in float dashed;
out vec4 colour;
void main() {
  if (dashed > 0.5 && along < 0.86 && fract(along * 18.0) > 0.6) discard;
  bool isDark = dot(accent, vec3(0.3, 0.59, 0.11)) < 0.5;
  bool isEdge = abs(across) > 1.0 && along < 0.86;
  colour = vec4(isEdge ? vec3(isDark ? 1.0 : 0.0) : accent, 1.0);
}`;
