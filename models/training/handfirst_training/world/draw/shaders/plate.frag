#version 330
// the picture behind the signer, or the region of it that a close-up shows: x, y, side in shares
in vec2 at;
uniform sampler2D plate;
uniform vec3 region;
out vec4 o;
void main() { o = vec4(textureLod(plate, region.xy + at * region.z, 0.0).rgb, 1.0); }
