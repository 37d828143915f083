#version 330
// depth alone; CUT: where hair is more than half solid
#ifdef CUT
uniform sampler2D tex;
in vec2 uv;
in vec4 aux;
//include hair
void main() { if (hair_alpha(texture(tex, vec2(uv.x, 1.0 - uv.y)), aux) < 0.5) discard; }
#else
void main() {}
#endif
