in vec3 P, N; in vec2 uv; in vec4 aux; out vec4 o;
uniform sampler2DShadow shadow; uniform sampler2D open_sky, env, noise;
uniform mat4 shadow_clip; uniform float shadow_texel, soft, size, exposure;
uniform vec3 eye, light_from, light_colour, sh[9], rim_from, rim_colour;
uniform float env_levels, env_turn;
float rnd(vec2 p) { return fract(52.9829189 * fract(dot(p, vec2(0.06711056, 0.00583715)))); }
vec3 ambient(vec3 n) {
  return max(vec3(0.0), sh[0] + sh[1]*n.y + sh[2]*n.z + sh[3]*n.x + sh[4]*(n.x*n.y) + sh[5]*(n.y*n.z) + sh[6]*(3.0*n.z*n.z-1.0) + sh[7]*(n.x*n.z) + sh[8]*(n.x*n.x-n.y*n.y));
}
vec3 mirror(vec3 d, float level) {
  float lon = atan(d.x, -d.y) / 6.2831853 + env_turn, lat = acos(clamp(d.z, -1.0, 1.0)) / 3.14159265;
  return textureLod(env, vec2(lon, lat), level).rgb;
}
float lit(vec3 p, vec3 n) {
  vec3 q = (shadow_clip * vec4(p + n * shadow_texel * 2.5, 1.0)).xyz * 0.5 + 0.5;
  if (any(greaterThan(abs(q.xy - 0.5), vec2(0.499)))) return 1.0;
  q.z -= 0.0006;
  float a = 6.2831 * rnd(gl_FragCoord.xy), s = 0.0, c0 = cos(a), s0 = sin(a);
  mat2 m = mat2(c0, s0, -s0, c0);
  float r = soft / float(textureSize(shadow, 0).x);
  const vec2 D[9] = vec2[](vec2(0.0,0.0), vec2(-0.62,-0.30), vec2(0.55,-0.45), vec2(-0.20,0.70), vec2(0.72,0.40), vec2(-0.85,0.35), vec2(0.10,-0.92), vec2(0.35,0.15), vec2(-0.30,-0.75));
  for (int i = 0; i < 9; i++) s += texture(shadow, vec3(q.xy + m * D[i] * r, q.z));
  return s / 9.0;
}
mat3 frame(vec3 n, vec3 p, vec2 t) {
  vec3 a = dFdx(p), b = dFdy(p); vec2 c = dFdx(t), d = dFdy(t);
  vec3 x = cross(b, n), y = cross(n, a);
  vec3 T = x * c.x + y * d.x, B = x * c.y + y * d.y;
  float k = inversesqrt(max(dot(T, T), dot(B, B)) + 1e-20);
  return mat3(T * k, B * k, n);
}
vec3 tone(vec3 c) {
  // a film's shoulder without much of its toe, so that dark channels keep their share and colours do not grow garish
  c = max(c, vec3(0.0)) * exposure;
  vec3 film = c * (c * 2.43 + 0.03) / (c * (c * 2.35 + 0.62) + 0.14);
  return pow(clamp(mix(1.0 - exp(-1.6 * c), film, 0.25), 0.0, 1.0), vec3(1.0 / 2.2));
}
// towards the eye where an interpolated normal has turned away at an outline
vec3 towards(vec3 n, vec3 v) { float d = dot(n, v); return d > 0.02 ? n : normalize(n + v * (0.02 - d)); }
vec3 lin(vec3 c) { return pow(c, vec3(2.2)); }
float ggx(float nh, float r) { float a = r * r, d = nh * nh * (a * a - 1.0) + 1.0; return a * a / (3.14159 * d * d); }
