#version 330
//include common
// aux: metres across and along the cloth, how much it is pressed together, place in the noise
uniform sampler2D rec, orig, nmap, weave;
uniform vec3 main_c, trim_c, low_c, second_c;
uniform float relief, use_orig, weave_n, weave_s, crease, step_m;
uniform int pattern;
const float SHEEN = 0.45, ROUGH = 0.6;
float printed(vec2 q) { return pattern == 1 ? smoothstep(0.46, 0.5, fract(q.y)) - smoothstep(0.96, 1.0, fract(q.y)) : 0.0; }
void main() {
  vec2 t = vec2(uv.x, 1.0 - uv.y);
  vec3 n = normalize(N), v = normalize(eye - P);
  float back = gl_FrontFacing ? 1.0 : 0.0;   // rows run downwards, which turns triangles over
  n = towards(n * (1.0 - 2.0 * back), v);
  vec3 flat_n = n;
  vec4 r = texture(rec, t);   // shade, trim, the texture's own colour, lower garment
  vec3 base = mix(mix(mix(main_c, second_c, printed(aux.xy / step_m)), trim_c, r.g), low_c, r.a);
  vec3 albedo = lin(base) * clamp(2.0 * r.r, 0.55, 1.6);
  albedo = mix(albedo, lin(texture(orig, t).rgb), max(r.b, use_orig));
  mat3 M = frame(n, P, t);
  vec3 m = texture(nmap, t).xyz * 2.0 - 1.0;
  m.xy *= vec2(relief, -relief);
  vec2 w = (texture(weave, aux.xy * weave_s).xy * 2.0 - 1.0) * weave_n;
  vec4 big = texture(noise, (aux.xy + aux.yx * vec2(0.35, -0.25)) * vec2(0.30, 0.46) + aux.w), mid = texture(noise, aux.yx * vec2(1.1, 0.8) + aux.w);
  // creases: stronger where the cloth is pressed together
  vec2 c = ((big.gb - 0.5) * 0.9 + (mid.gb - 0.5) * 0.45) * crease * (0.16 + 0.84 * clamp(aux.z, 0.0, 1.0));
  n = normalize(M * normalize(vec3(m.xy + w + c, max(m.z, 0.3))));
  albedo *= 1.0 + 0.10 * (texture(noise, aux.xy * 90.0).r - 0.5);
  float open = texture(open_sky, gl_FragCoord.xy / size).r * (1.0 - 0.55 * back);
  float sun = lit(P, flat_n) * (1.0 - back * 0.9);
  float nl = dot(n, light_from), d = max(0.0, (nl + 0.12) / 1.12);
  vec3 sum = albedo * (ambient(n) * open + light_colour * d * sun * mix(1.0, open, 0.3));
  float side = clamp(1.0 - dot(n, v), 0.0, 1.0);
  sum += albedo * rim_colour * max(0.0, dot(n, rim_from)) * open;
  // fuzz: light caught by fibres at grazing angles
  sum += (0.22 * sqrt(albedo) + 0.02) * SHEEN * pow(side, 3.0) * (ambient(n) * open + light_colour * sun * max(0.0, nl * 0.5 + 0.5) + rim_colour * max(0.0, dot(n, rim_from)));
  vec3 h = normalize(light_from + v);
  sum += light_colour * ggx(max(dot(n, h), 0.0), ROUGH) * 0.010 * sun * max(nl, 0.0);
  sum += mirror(reflect(-v, n), env_levels - 1.6) * (0.002 + 0.012 * pow(side, 5.0)) * open * open;
  o = vec4(tone(sum), 1.0);
}
