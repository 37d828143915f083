#version 330
//include common
uniform sampler2D tex;
uniform float kind, white;   // 0 ball, 1 the clear cornea, which adds nothing but its glint
void main() {
  vec3 n = normalize(N), v = normalize(eye - P), h = normalize(light_from + v);
  float open = texture(open_sky, gl_FragCoord.xy / size).r, sun = lit(P, n);
  float F = 0.035 + 0.9 * pow(1.0 - max(dot(n, v), 0.0), 5.0);
  vec3 glint = light_colour * sun * ggx(max(dot(n, h), 0.0), 0.13) * 0.028 * step(0.0, dot(n, light_from));
  glint += mirror(reflect(-v, n), 1.0) * F * 1.1 * open;
  if (kind > 0.5) {
    o = vec4(tone(glint), clamp(dot(glint, vec3(0.3, 0.6, 0.1)) * exposure * 1.6, 0.0, 1.0));
    return;
  }
  vec3 c = lin(texture(tex, vec2(uv.x, 1.0 - uv.y)).rgb) * white;
  float d = max(0.0, (dot(n, light_from) + 0.35) / 1.35);
  o = vec4(tone(c * (ambient(n) * open * 0.85 + light_colour * d * (0.25 + 0.75 * sun) * mix(0.5, 1.0, open)) + glint * 0.35), 1.0);
}
