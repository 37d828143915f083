#version 330
// First pass: only which triangle is nearest, as a number from 1 on in three bytes.
out vec4 id;
void main() {
    int i = gl_PrimitiveID + 1;
    id = vec4(i & 255, (i >> 8) & 255, (i >> 16) & 255, 255) / 255.0;
}
