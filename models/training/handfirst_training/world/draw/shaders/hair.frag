#version 330
//include common
//include hair
uniform sampler2D tex;
uniform vec3 colour, tip, skull;
uniform float cut, blend_pass, contrast, gloss;
void main() {
  vec2 t = vec2(uv.x, 1.0 - uv.y);
  vec4 r = texture(tex, t);
  float a = hair_alpha(r, aux);
  if (blend_pass > 0.5 ? a < 0.03 : a < cut) discard;
  vec3 v = normalize(eye - P), n0 = normalize(N); n0 = dot(n0, v) < 0.0 ? -n0 : n0;
  vec3 n = normalize(n0 * 0.55 + normalize(P - skull) * 0.65);
  mat3 M = frame(n0, P, t);
  float ang = 0.5 * atan(r.b * 2.0 - 1.0, r.g * 2.0 - 1.0);
  vec3 T = normalize(M[0] * cos(ang) + M[1] * sin(ang) + 1e-5);
  T = normalize(T - n * dot(T, n) * 0.7);
  float s = pow(max(r.r * 2.0, 0.02), contrast);
  vec3 albedo = lin(mix(colour, tip, 0.35 * smoothstep(0.9, 1.3, s))) * s;
  float open = texture(open_sky, gl_FragCoord.xy / size).r;
  float sun = lit(P, n0);
  float nl = dot(n, light_from), tl = dot(T, light_from), tv = dot(T, v);
  float kd = sqrt(max(0.0, 1.0 - tl * tl));
  float d = mix(max(0.0, (nl + 0.3) / 1.3), kd * max(0.0, nl * 0.6 + 0.4), 0.45);
  vec3 sum = albedo * (ambient(n) * open + light_colour * d * sun + rim_colour * max(0.0, dot(n, rim_from) * 0.7 + 0.3));
  // two highlights along the strands: one of the light's colour, one of the hair's
  vec3 h = normalize(light_from + v);
  float jit = (r.r - 0.5) * 0.5;
  vec3 t1 = normalize(T + n * (-0.08 + jit * 0.25)), t2 = normalize(T + n * (0.12 + jit * 0.4));
  float th1 = dot(t1, h), th2 = dot(t2, h);
  float s1 = pow(max(0.0, 1.0 - th1 * th1), 70.0), s2 = pow(max(0.0, 1.0 - th2 * th2), 18.0);
  float face = smoothstep(-0.1, 0.5, nl) * sun;
  sum += light_colour * face * gloss * (s1 * 0.035 * (0.5 + s) + s2 * 0.55 * albedo);
  vec3 hr = normalize(rim_from + v); float thr = dot(t2, hr);
  sum += rim_colour * gloss * pow(max(0.0, 1.0 - thr * thr), 24.0) * (0.05 + 0.5 * albedo) * max(0.0, dot(n, rim_from) * 0.6 + 0.4);
  sum += mirror(reflect(-v, n), env_levels - 1.8) * (0.004 + 0.02 * pow(1.0 - max(dot(n, v), 0.0), 4.0)) * gloss * open * open * s;
  o = vec4(tone(sum), blend_pass > 0.5 ? min(a / max(cut, 0.01), 1.0) : 1.0);
}
