#version 330
// The triangles of a pixel's four samples, and normal and depth of the first that holds something.
in vec2 at;
uniform sampler2DMS ids;
uniform float size;
layout(location = 0) out vec4 four;
layout(location = 1) out vec4 seen;     // normal towards the eye, view depth in metres; 0 where there is nothing
//include mesh

float number(ivec2 p, int i) { return dot(texelFetch(ids, p, i).rgb, vec3(255.0, 65280.0, 16711680.0)); }

void main() {
    ivec2 p = ivec2(at * size);
    four = floor(vec4(number(p, 0), number(p, 1), number(p, 2), number(p, 3)) + 0.5);
    float id = four.x > 0.0 ? four.x : four.y > 0.0 ? four.y : four.z > 0.0 ? four.z : four.w;
    ivec3 t = triangle(max(int(id), 1));
    vec3 along = ray(floor(at * size) + 0.5);
    vec3 m = meet(vertex(t.x, 0).xyz, vertex(t.y, 0).xyz, vertex(t.z, 0).xyz, along);
    vec2 s = clamp(m.xy, -0.5, 1.5);
    vec3 n = vertex(t.x, 1).xyz * (1.0 - s.x - s.y) + vertex(t.y, 1).xyz * s.x + vertex(t.z, 1).xyz * s.y;
    n = normalize(n);
    seen = id > 0.0 ? vec4(dot(n, along) > 0.0 ? -n : n, m.z) : vec4(0.0);
}
