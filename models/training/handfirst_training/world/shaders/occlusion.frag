#version 330
// How much of the sky a point sees, from the depth picture alone. After "Alchemy" ambient obscurance
// (McGuire et al. 2011), with the samples on a spiral whose radii grow with the square: fine between fingers, broad under arms.
in vec2 at;
uniform sampler2D seen;
uniform mat3 turn;      // rows: camera right, down, forward
uniform vec3 lens;      // focal, centre x, centre y in pixels
uniform float size;
uniform float reach;    // metres
uniform float strength;
out float open;

const int TAPS = 8;

void main() {
    vec2 pixel = at * size;
    vec4 here = texelFetch(seen, ivec2(pixel), 0);
    float depth = here.w;
    vec3 n = turn * here.xyz;
    float per = 1.0 / lens.x;
    vec3 p = vec3((pixel - lens.yz) * depth * per, depth);
    float angle = 6.2831853 * fract(52.9829189 * fract(dot(floor(pixel), vec2(0.06711056, 0.00583715))));
    vec2 spin = vec2(cos(angle), sin(angle));
    float pixels = reach * lens.x / max(depth, 0.1);
    float sum = 0.0;
    for (int i = 0; i < TAPS; i++) {
        float t = (float(i) + 0.5) / float(TAPS);
        spin = mat2(-0.7373688, 0.6754903, -0.6754903, -0.7373688) * spin;
        vec2 q = floor(clamp(pixel + max(pixels * t * t, 1.3) * spin, vec2(0.0), vec2(size - 1.0))) + 0.5;
        float d = texelFetch(seen, ivec2(q), 0).w;
        vec3 v = vec3((q - lens.yz) * d * per, d) - p;
        float radius = reach * max(t * t, 0.02);
        float share = max(0.0, dot(v, n) - 0.0012) * radius / (dot(v, v) + 0.15 * radius * radius);
        sum += d > 0.0 ? share : 0.0;
    }
    open = clamp(1.0 - strength * sum / float(TAPS), 0.0, 1.0);
}
