/**
 * Classifier-free guidance (Ho and Salimans 2022): `without + scale (with - without)`. `scale` 1 gives the
 * conditional prediction; arrays have one length and layout.
 */
export function guide(conditional: Float32Array, unconditional: Float32Array, scale: number): Float32Array {
  return unconditional.map((value, i) => value + scale * ((conditional[i] ?? 0) - value));
}
