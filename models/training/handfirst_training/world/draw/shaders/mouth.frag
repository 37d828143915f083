#version 330
//include common
// teeth and tongue
uniform sampler2D tex;
uniform float dark, wet;
uniform vec3 tint;
void main() {
  vec3 n = normalize(N), v = normalize(eye - P), h = normalize(light_from + v);
  n = dot(n, v) < 0.0 ? -n : n;
  float open = texture(open_sky, gl_FragCoord.xy / size).r, sun = lit(P, n);
  vec3 c = lin(texture(tex, vec2(uv.x, 1.0 - uv.y)).rgb) * tint * dark * mix(0.25, 1.0, open);
  vec3 sum = c * (ambient(n) * open + light_colour * max(0.0, dot(n, light_from) * 0.7 + 0.3) * sun);
  o = vec4(tone(sum + light_colour * sun * ggx(max(dot(n, h), 0.0), 0.25) * 0.01 * wet), 1.0);
}
