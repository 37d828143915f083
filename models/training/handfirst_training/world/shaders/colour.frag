#version 330
// The picture: skin, eyes, hair, cloth and mouth under one key light with a shadow, a sky and a rim.
// Even pixels are shaded once, pixels on an edge once for each of the two surfaces that share them.
// Texture reads are shared by all materials: the software driver runs every branch for every pixel. For the same reason there
// is a second version, CLOTH, for squares of the picture that hold nothing else.
in vec2 at;

//include mesh
uniform sampler2D four, second, open_sky, marks, noise;
uniform sampler2DShadow shadow;
uniform float size;
uniform mat4 shadow_clip;
uniform float shadow_texel;      // metres
uniform vec3 light_from, light_colour, sky_colour, ground_colour, rim_from, rim_colour;
uniform vec3 skin, lips, brow, nail, iris, hair, cloth, cloth_second, trousers;
uniform float mark_level;        // of the marks' finer and coarser pictures, the one that suits the view
uniform float pupil, shine, stubble, curl;
uniform int garment;             // 0 t-shirt, 1 shirt, 2 jumper, 3 hoodie
uniform float creases;
uniform int pattern;             // 0 plain, 1 stripes across, 2 stripes down, 3 dots, 4 checks
uniform float pattern_step;      // metres
uniform sampler2D behind;        // the background
layout(location = 0) out vec4 colour;

float lit(vec3 p, vec3 n) {
    vec3 q = (shadow_clip * vec4(p + n * shadow_texel * 2.0, 1.0)).xyz * 0.5 + 0.5;
    q.z -= 0.0007;
    float wide = 1.1 / float(textureSize(shadow, 0).x);
    float sum = texture(shadow, vec3(q.xy + vec2(-0.8, -0.5) * wide, q.z)) + texture(shadow, vec3(q.xy + vec2(0.8, 0.5) * wide, q.z));
    return any(greaterThan(abs(q.xy - 0.5), vec2(0.499))) ? 1.0 : sum * 0.5;
}

vec3 fabric(vec2 place) {
    vec2 q = place / pattern_step;
    float t = pattern == 1 ? step(0.5, fract(q.y)) : pattern == 2 ? step(0.5, fract(q.x)) : 0.0;
    vec2 c = fract(vec2(q.x + 0.5 * mod(floor(q.y), 2.0), q.y)) - 0.5;
    t = pattern == 3 ? 1.0 - smoothstep(0.24, 0.28, length(c)) : t;
    t = pattern == 4 ? 0.5 * (step(0.5, fract(q.x)) + step(0.5, fract(q.y))) : t;
    return mix(cloth, cloth_second, t);
}

vec3 shade(int id, vec2 pixel, float open) {
    ivec3 t = triangle(max(id, 1));
    vec3 along = ray(pixel);
    vec4 a0 = vertex(t.x, 0), b0 = vertex(t.y, 0), c0 = vertex(t.z, 0);
    vec3 hit = meet(a0.xyz, b0.xyz, c0.xyz, along);
    vec3 share = vec3(1.0 - hit.x - hit.y, hit.xy);
    vec4 g = vertex(t.x, 1);
    int k = id > 0 ? int(g.w + 0.5) : 0;
    vec3 n = normalize(g.xyz * share.x + vertex(t.y, 1).xyz * share.y + vertex(t.z, 1).xyz * share.z);
    float edge = dot(vec3(a0.w, b0.w, c0.w), share);
    vec4 m = vertex(t.x, 2) * share.x + vertex(t.y, 2) * share.y + vertex(t.z, 2) * share.z;
    vec3 p = eye + along * hit.z;
    vec3 v = normalize(-along);
    float inside = dot(n, v) < 0.0 ? 1.0 : 0.0;
    n = n * (1.0 - 2.0 * inside);
    bool woven = k == 4 || k == 5;
    // one fine and one broad noise, each with coordinates to suit the material
    vec2 slant = vec2(m.x + 0.35 * m.y, m.y - 0.3 * m.x);
#ifdef CLOTH
    vec2 fine = m.xy * 40.0, broad = slant * vec2(0.26, 0.40);
#else
    vec2 fine = k == 1 ? m.xy * 60.0 : k == 3 ? mix(m.zw * vec2(3.6, 0.5), m.xy * 3.4, curl) : m.xy * 40.0;
    vec2 broad = k == 1 ? m.xy * 16.0 : k == 3 ? mix(m.zw * vec2(1.1, 0.22), m.xy * 1.5, curl) : slant * vec2(0.26, 0.40);
    vec3 d = normalize(k == 2 ? m.xyz : vec3(0.0, -1.0, 0.0));
    float off = acos(clamp(-d.y, -1.0, 1.0));
    fine = k == 2 ? vec2(d.x / (abs(d.x) + abs(d.z) + 1e-3) * 0.5, off * 0.2) : fine;
#endif
    float a = textureLod(noise, fine, 0.0).r;
    vec4 swell = textureLod(noise, broad, 0.0);      // value and slopes
    float b = swell.r;
    // creases of cloth: the slope of the broad noise tilts the normal
    vec3 level = normalize(vec3(-n.y, n.x, 1e-4));
    float tilt = woven ? creases * clamp(m.z, 0.0, 1.0) : k == 3 ? 0.35 : 0.0;
    n = normalize(n - tilt * ((swell.g - 0.5) * level + (swell.b - 0.5) * cross(n, level)));
#ifndef CLOTH
    vec4 mark = textureLod(marks, m.xy, mark_level);
    mark = k == 1 ? mark : vec4(0.0);

    vec3 flesh = skin * (1.0 + 0.12 * (0.5 * a + 0.5 * b - 0.5));
    flesh = mix(flesh, flesh * vec3(1.06, 0.86, 0.84), clamp(m.z, 0.0, 1.0));
    flesh = mix(flesh, flesh * 0.62 + hair * 0.05, stubble * m.w * (0.7 + 0.6 * a));
    flesh = mix(flesh, lips, mark.r * 0.85);
    flesh = mix(flesh, brow, mark.g);
    flesh = mix(flesh, nail, mark.b);

    vec3 ring = iris * (0.75 + 0.5 * smoothstep(0.15, 0.36, off)) * (0.8 + 0.4 * a);
    ring = mix(ring, iris * 0.35, smoothstep(0.33, 0.42, off));
    vec3 ball = mix(vec3(0.86, 0.83, 0.80), ring, 1.0 - smoothstep(0.41, 0.45, off));
    ball = mix(ball, vec3(0.02), 1.0 - smoothstep(pupil - 0.03, pupil + 0.03, off));

    float strand = 0.55 * a + 0.45 * b;
#endif
    float rib = garment >= 2 && k == 4 && edge < 0.03 ? 0.80 + 0.16 * sin((m.w > 0.5 ? m.x : m.x + m.y * 0.3) * 900.0) : 1.0;
    float seam = garment < 2 && edge < 0.011 ? 0.88 : 1.0;
    float front = garment == 1 && k == 4 && m.w > 0.98 && abs(m.x) < 0.05 ? 1.0 : 0.0;
    seam *= front > 0.0 && abs(abs(m.x) - 0.016) < 0.0018 ? 0.72 : 1.0;
    float button = front * (1.0 - smoothstep(0.0045, 0.0065, length(vec2(m.x, (fract(m.y / 0.085) - 0.5) * 0.085))));
    vec3 weave = (k == 5 ? trousers : fabric(m.xy)) * (0.95 + 0.10 * a) * seam * rib;
    weave = mix(weave, mix(vec3(0.85), cloth * 0.5, step(0.6, cloth.g)), button) * (1.0 - (edge < 0.9 ? 0.45 : 0.0) * inside);

#ifdef CLOTH
    vec3 albedo = weave, bleed = vec3(0.0);
    float gloss = 0.0, power = 1.0, wrap = 0.2;
#else
    vec3 albedo = flesh;
    albedo = k == 2 ? ball : albedo;
    albedo = k == 3 ? hair * (0.66 + 0.68 * strand) : albedo;
    albedo = woven ? weave : albedo;
    albedo = k == 6 ? vec3(0.30, 0.10, 0.09) * (0.4 + 0.6 * skin.r) : albedo;
    albedo = k == 7 ? vec3(0.62, 0.30, 0.28) : albedo;
    albedo = k == 8 ? vec3(0.88, 0.85, 0.78) : albedo;
    albedo = k == 9 ? mix(hair * 0.25, vec3(0.04), 0.5) : albedo;
    float gloss = k == 1 ? shine * (1.0 + 1.5 * mark.r + 2.0 * mark.b) : k == 2 ? 0.9 : k == 3 ? 0.16 * (0.4 + strand) * (1.0 - 0.7 * curl)
                : k >= 6 && k <= 8 ? 0.3 : 0.0;
    float power = k == 1 ? mix(18.0, 60.0, max(mark.b, mark.r)) : k == 2 ? 90.0 : k == 3 ? 14.0 : 40.0;
    float wrap = woven ? 0.2 : 0.3;
    vec3 bleed = k == 1 ? vec3(0.30, 0.08, 0.04) * skin : vec3(0.0);

#endif
    vec3 base = albedo * albedo * (0.2 + 0.8 * sqrt(albedo));   // about the power 2.2
    float facing = dot(n, light_from);
    float direct = lit(p, n);
    float diffuse = max(0.0, (facing + wrap) / (1.0 + wrap));
    vec3 terminator = bleed * smoothstep(-wrap, 0.1, facing) * (1.0 - smoothstep(0.1, 0.6, facing));
    vec3 sky = mix(ground_colour, sky_colour, 0.5 + 0.5 * n.z);
    vec3 deep = k == 1 ? mix(vec3(open), vec3(1.0, open, open * open), 0.12) : vec3(open);
    vec3 sum = base * (sky * deep + light_colour * direct * (diffuse + terminator) * mix(1.0, open, 0.35));
    vec3 h = normalize(light_from + v);
    float side = 1.0 - max(dot(n, v), 0.0);
    float fresnel = 0.25 + 0.75 * side * side * side * side;
    sum += light_colour * direct * gloss * pow(max(dot(n, h), 1e-4), power) * fresnel * step(0.0, facing);
    sum += rim_colour * side * side * side * max(0.0, dot(n, rim_from)) * open * (0.25 + base);
    sum = sum / (1.0 + 0.12 * sum);
    return pow(clamp(sum, 1e-5, 1.0), vec3(1.0 / 2.2));
}

const vec2 PLACES[4] = vec2[](vec2(0.375, 0.125), vec2(0.875, 0.375), vec2(0.125, 0.625), vec2(0.625, 0.875));

void main() {
    vec2 pixel = floor(at * size);
    vec3 back = texelFetch(behind, ivec2(pixel), 0).rgb;
    float open = texelFetch(open_sky, ivec2(pixel), 0).r;
    vec4 ids = texelFetch(four, ivec2(pixel), 0);
    int other = int(texelFetch(second, ivec2(pixel), 0).r * 255.0 + 0.5);
    int which = other / 4;
    float share = float(other & 3) * 0.25;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < (other > 0 ? 2 : 1); i++) {
        int id = int(i == 0 || which == 0 ? ids.x : which == 1 ? ids.y : which == 2 ? ids.z : ids.w);
        vec2 place = other == 0 ? vec2(0.5) : i == 0 ? PLACES[0] : which == 1 ? PLACES[1] : which == 2 ? PLACES[2] : PLACES[3];
        vec3 seen = shade(id, pixel + place, open);
        sum += (id == 0 ? back : seen) * (i == 0 ? 1.0 - share : share);
    }
    colour = vec4(sum, 1.0);
}
