#version 330
in vec2 at; uniform sampler2D raw, geo; uniform float size; out float o;
void main() {
  float z = textureLod(geo, at, 0.0).w, s = 0.0, w = 0.0;
  for (int y = -1; y <= 2; y++) for (int x = -1; x <= 2; x++) {
    vec2 q = at + (vec2(x, y) - 0.5) / size;
    float k = exp(-abs(textureLod(geo, q, 0.0).w - z) * 60.0) + 1e-3;
    s += k * textureLod(raw, q, 0.0).r; w += k;
  }
  o = s / w;
}
