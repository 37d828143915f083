#version 330
//include common
// brows and lashes
uniform sampler2D tex;
uniform vec3 colour;
uniform float gain;
void main() {
  float a = clamp(texture(tex, vec2(uv.x, 1.0 - uv.y)).a * gain, 0.0, 1.0);
  if (a < 0.02) discard;
  vec3 n = normalize(N), v = normalize(eye - P);
  n = dot(n, v) < 0.0 ? -n : n;
  float open = texture(open_sky, gl_FragCoord.xy / size).r, sun = lit(P, n);
  vec3 sum = lin(colour) * (ambient(n) * open + light_colour * max(0.0, dot(n, light_from) * 0.7 + 0.3) * sun);
  o = vec4(tone(sum), a);
}
