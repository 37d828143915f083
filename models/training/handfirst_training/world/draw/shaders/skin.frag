#version 330
//include common
// aux: blood, beard, palm (above 0) or roots of hair (below 0), knuckle
uniform sampler2D tex, pores, marks;
uniform vec3 tint, tone_of_skin, root_colour;
uniform float shine, stubble, deep_skin;
const float RELIEF = 1.0;
float grey(vec3 c) { return dot(c, vec3(0.3, 0.6, 0.1)); }
void main() {
  vec2 t = vec2(uv.x, 1.0 - uv.y);
  vec3 v = normalize(eye - P), n = towards(normalize(N), v);
  vec3 raw = texture(tex, t).rgb;
  vec3 mark = texture(marks, t).rgb;
  float palm = clamp(aux.z, 0.0, 1.0), roots = clamp(-aux.z, 0.0, 1.0), lips = mark.r, nail = smoothstep(0.25, 0.75, mark.g);
  mat3 M = frame(n, P, t);
  // fine relief: pores everywhere, and the texture's own dark lines as dents
  float px = 1.0 / 512.0, h0 = grey(raw);
  vec2 dent = clamp(vec2(grey(texture(tex, t + vec2(px, 0.0)).rgb), grey(texture(tex, t + vec2(0.0, px)).rgb)) - h0, -0.05, 0.05);
  vec2 rim = vec2(texture(marks, t + vec2(0.0007, 0.0)).g, texture(marks, t + vec2(0.0, 0.0007)).g) - mark.g;
  vec3 pm = texture(pores, t * 22.0).xyz * 2.0 - 1.0;
  vec4 cloud = texture(noise, t * 9.0), fine = texture(noise, t * 61.0), folds = texture(noise, t * vec2(38.0, 110.0));
  vec2 relief = (pm.xy * 0.38 * RELIEF - dent * 4.0) * (1.0 - nail) + (cloud.gb - 0.5) * 0.10;
  relief += aux.w * (folds.gb - 0.5) * 0.9 + rim * 0.8;
  vec3 nd = normalize(M * normalize(vec3(relief, 1.0)));
  vec3 albedo = lin(raw) * tint;
  // the palms of dark skin in the textures look chalky: drawn nearer to the skin's own tone, a little lighter and warmer
  vec3 palm_tone = tone_of_skin * mix(vec3(1.08, 1.0, 0.96), vec3(1.75, 1.42, 1.28), deep_skin);
  albedo = mix(albedo, palm_tone * pow(albedo / max(palm_tone, vec3(1e-3)), vec3(mix(0.8, 0.35, deep_skin))), palm);
  // lips: the skin's own tone, redder; the dark textures' lips are grey
  albedo = mix(albedo, tone_of_skin * mix(vec3(0.92, 0.56, 0.52), vec3(0.95, 0.62, 0.60), deep_skin) * (0.55 + 0.45 * grey(albedo) / max(grey(tone_of_skin), 1e-3)), lips * mix(0.35, 0.75, deep_skin));
  albedo *= 1.0 + 0.11 * (cloud.r - 0.5) + 0.10 * (fine.r - 0.5);
  albedo = mix(albedo, albedo * mix(vec3(1.10, 0.86, 0.82), vec3(0.95, 0.88, 0.88), deep_skin), clamp(aux.x + 0.35 * (cloud.g - 0.5), 0.0, 1.0));
  albedo *= 1.0 - aux.w * mix(0.16, 0.30, deep_skin) * smoothstep(0.35, 0.7, folds.r);
  // beard and the roots of hair: dots of the hair's colour
  float dots = smoothstep(0.35, 0.75, texture(noise, t * 150.0).r);
  albedo = mix(albedo, root_colour * 0.7 + albedo * 0.3, stubble * aux.y * (1.0 - lips) * (0.35 + 0.45 * dots));
  float grown = smoothstep(0.15, 0.85, roots + 0.5 * (texture(noise, t * 95.0).r - 0.5) + 0.3 * (fine.r - 0.5));
  albedo = mix(albedo, root_colour, 0.85 * grown * smoothstep(0.0, 0.2, roots));
  albedo = mix(albedo, albedo * vec3(1.12, 0.92, 0.90) + vec3(0.035, 0.022, 0.020), nail);
  albedo *= 1.0 - 0.35 * clamp(abs(rim.x) + abs(rim.y), 0.0, 1.0);
  float open = texture(open_sky, gl_FragCoord.xy / size).r, sun = lit(P, n);
  // light spreads under the skin: red furthest
  float nl = dot(n, light_from), ndl = dot(nd, light_from);
  vec3 wrap = vec3(0.42, 0.20, 0.13);
  vec3 mixed = mix(vec3(ndl), vec3(nl), vec3(0.75, 0.45, 0.3));
  vec3 diff = max(vec3(0.0), (mixed + wrap) / (1.0 + wrap));
  diff *= mix(vec3(0.75), vec3(1.0), diff);
  vec3 sunc = pow(vec3(max(sun, 0.0005)), vec3(0.62, 0.92, 1.05));
  vec3 deep = vec3(pow(open, 0.72), open, pow(open, 1.08));
  vec3 sum = albedo * (ambient(normalize(mix(n, nd, 0.5))) * deep + light_colour * diff * sunc * mix(1.0, open, 0.25));
  float side = clamp(1.0 - dot(n, v), 0.0, 1.0);
  sum += albedo * rim_colour * max(0.0, dot(n, rim_from) * 0.8 + 0.2) * open;
  vec3 h = normalize(light_from + v);
  float nh = max(dot(nd, h), 0.0), vh = max(dot(v, h), 0.0);
  float F = 0.028 + 0.972 * pow(1.0 - vh, 5.0);
  float gloss = 0.72 * shine * (0.75 + 0.5 * cloud.b) * mix(1.0, 1.7, nail) * (1.0 - 0.8 * grown);
  float wide = mix(0.52, 0.30, nail);
  float spec = (0.65 * ggx(nh, wide) + 0.35 * ggx(nh, 0.65 * wide)) * F * 0.25 / max(0.25, vh * vh) * step(0.0, nl);
  sum += light_colour * spec * max(ndl, 0.0) * sun * gloss * 3.14159;
  float fr = 0.028 + 0.13 * pow(side, 4.0);
  sum += mirror(reflect(-v, nd), env_levels - 2.6) * fr * gloss * open * open;
  vec3 hr = normalize(rim_from + v);
  sum += rim_colour * ggx(max(dot(nd, hr), 0.0), 0.45) * (0.03 + 0.5 * pow(side, 5.0)) * open * gloss;
  o = vec4(tone(sum), 1.0);
}
