#version 330
// Squares of the picture that hold something.
in vec2 in_corner;
uniform float size;
out vec2 at;
void main() {
    at = in_corner / size;
    gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0);
}
