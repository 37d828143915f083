#version 330
// normal in camera axes and distance along the view, for occlusion and for which points are seen
in vec3 P, N;
in vec2 uv;
in vec4 aux;
uniform mat4 rigid;
uniform sampler2D tex;
out vec4 o;
//include hair
void main() {
#ifdef CUT
  if (hair_alpha(texture(tex, vec2(uv.x, 1.0 - uv.y)), aux) < 0.5) discard;
#endif
  vec3 V = (rigid * vec4(P, 1.0)).xyz, n = normalize(mat3(rigid) * N);
  o = vec4(dot(n, V) > 0.0 ? -n : n, V.z);
}
