#version 330
in vec3 in_position;
uniform mat4 clip;
void main() { gl_Position = clip * vec4(in_position, 1.0); }
