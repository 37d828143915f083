// What a triangle holds, read back from textures. Three texels a vertex: place and edge distance, normal and material + 1,
// place on the cloth or the texture sheet and two numbers by material.
uniform sampler2D vertices;
uniform isampler2D triangles;
uniform vec3 eye;
uniform mat3 turn;      // rows: camera right, down, forward
uniform vec3 lens;      // focal, centre x, centre y in pixels

vec4 vertex(int v, int texel) { return texelFetch(vertices, ivec2((v & 255) * 3 + texel, v >> 8), 0); }
ivec3 triangle(int t) { t -= 1; return texelFetch(triangles, ivec2(t & 1023, t >> 10), 0).xyz; }
vec3 ray(vec2 pixel) { return vec3((pixel - lens.yz) / lens.x, 1.0) * turn; }

// Shares of the second and third corner and the depth where the ray meets the triangle's plane (Moeller and Trumbore 1997).
vec3 meet(vec3 a, vec3 b, vec3 c, vec3 along) {
    vec3 ab = b - a, ac = c - a, p = cross(along, ac);
    float d = dot(ab, p);
    d = abs(d) < 1e-12 ? 1e-12 : d;
    vec3 s = eye - a, q = cross(s, ab);
    return vec3(dot(s, p), dot(along, q), dot(ac, q)) / d;
}
