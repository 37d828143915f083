#version 330
// which part of the person a pixel shows
in vec2 uv;
in vec4 aux;
in float label;
uniform sampler2D tex;
out vec4 o;
//include hair
void main() {
#ifdef CUT
  if (hair_alpha(texture(tex, vec2(uv.x, 1.0 - uv.y)), aux) < 0.5) discard;
#endif
  o = vec4(floor(label + 0.5) / 255.0, 0.0, 0.0, 1.0);
}
