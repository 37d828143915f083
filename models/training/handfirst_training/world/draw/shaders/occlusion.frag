#version 330
in vec2 at; uniform sampler2D geo; uniform vec3 lens; uniform float size; out float o;
// lens: focal, cx, cy in pixels of the target
void main() {
  vec4 g = texture(geo, at);
  if (g.w <= 0.0) { o = 1.0; return; }
  vec2 pix = at * size;
  vec3 p = vec3((pix - lens.yz) / lens.x, 1.0) * g.w;
  float turn = 6.2831 * fract(52.9829189 * fract(dot(floor(pix), vec2(0.06711056, 0.00583715))));
  float sum = 0.0;
  const int K = 14;
  for (int i = 0; i < K; i++) {
    float a = turn + float(i) * 2.3999632, f = (float(i) + 0.5) / float(K);
    float r = mix(0.006, 0.11, f * f) * lens.x / g.w;
    vec2 q = (pix + vec2(cos(a), sin(a)) * r) / size;
    vec4 h = textureLod(geo, q, 0.0);
    if (h.w <= 0.0) continue;
    vec3 d = vec3((q * size - lens.yz) / lens.x, 1.0) * h.w - p;
    float l = length(d);
    float c = max(0.0, dot(d / max(l, 1e-4), g.xyz) - 0.08);
    sum += c * (1.0 - smoothstep(0.05, 0.22, l));
  }
  o = clamp(1.0 - 2.2 * sum / float(K), 0.0, 1.0);
}
