// How solid a texel of hair is. aux: metres inside the part of a fringe that is cut away, metres from a shell's open edge.
// The texture's strands make both ends ragged, as ends of hair are.
float hair_alpha(vec4 texel, vec4 about) {
  float strand = texel.r - 0.5, a = clamp((texel.a - 0.5) * 1.3 + 0.5, 0.0, 1.0);
  a *= 1.0 - smoothstep(-0.005, 0.003, about.x + 0.016 * strand);
  return a * smoothstep(0.0, 0.009, about.y - 0.002 + 0.014 * strand);
}
