#version 330
in vec3 in_pos, in_nrm;
in vec2 in_uv;
in vec4 in_aux;
in float in_label;
uniform mat4 clip;
out vec3 P, N;
out vec2 uv;
out vec4 aux;
out float label;
void main() {
  P = in_pos; N = in_nrm; uv = in_uv; aux = in_aux; label = in_label;
  gl_Position = clip * vec4(in_pos, 1.0);
}
