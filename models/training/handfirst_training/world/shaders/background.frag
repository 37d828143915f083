#version 330
// Plain or softly varied: a vertical gradient, a broad glow and out-of-focus spots or edges.
in vec2 at;
uniform vec3 top, bottom, glow_colour;
uniform vec4 glow;          // x, y, radius, strength (fractions of the picture)
uniform vec4 region;        // part of the whole picture that this view shows: x0, y0, side x, side y
uniform int blob_count;
uniform vec4 blobs[8];      // x, y, radius, strength of the lightness
uniform vec4 panel;         // a soft vertical or horizontal edge: place, softness, strength, 0 vertical or 1 horizontal
uniform float grain;
layout(location = 0) out vec4 colour;

float hash(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453); }

void main() {
    vec2 p = region.xy + at * region.zw;
    vec3 c = mix(top, bottom, clamp(p.y, 0.0, 1.0));
    c = mix(c, glow_colour, glow.w * exp(-dot(p - glow.xy, p - glow.xy) / (glow.z * glow.z)));
    for (int i = 0; i < blob_count; i++) {
        vec2 d = p - blobs[i].xy;
        c *= 1.0 + blobs[i].w * (1.0 - smoothstep(0.6, 1.0, length(d) / max(blobs[i].z, 1e-4)));
    }
    float across = panel.w < 0.5 ? p.x : p.y;
    c *= 1.0 + panel.z * smoothstep(-panel.y, panel.y, across - panel.x);
    c += grain * (hash(floor(p * 512.0)) - 0.5);
    colour = vec4(clamp(c, 0.0, 1.0), 1.0);
}
