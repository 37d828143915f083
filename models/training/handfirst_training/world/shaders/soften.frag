#version 330
// 4 x 4 mean of the sky share over points at like depth: takes the sampling noise away.
in vec2 at;
uniform sampler2D open_raw;
uniform sampler2D seen;
uniform float size;
out float open;

void main() {
    ivec2 p = ivec2(at * size);
    float depth = texelFetch(seen, p, 0).w;
    if (depth <= 0.0) { open = 1.0; return; }
    float sum = 1e-4, total = 1e-4;
    for (int i = 0; i < 4; i++) {
        // each tap lies where four samples meet and is their mean; together they span the 4 x 4 pattern of the sampling noise
        ivec2 corner = p + 2 * ivec2(i & 1, i >> 1);
        float w = abs(texelFetch(seen, min(corner, ivec2(size - 1.0)), 0).w - depth) < 0.012 ? 1.0 : 0.0;
        vec2 q = vec2(corner) / size;
        sum += w * texture(open_raw, q).r;
        total += w;
    }
    open = sum / total;
}
