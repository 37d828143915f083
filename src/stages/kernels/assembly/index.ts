/*
 * Entry of the compiled module, written in AssemblyScript; `scripts/build-kernels.mjs` compiles it. Its memory is imported and laid out by
 * `kernels.ts`: no function here allocates.
 */
export { clearHands, cutOut, layHand, resampleLines } from './canvas';
export { layAffine, layShifted, onSheet, takePart } from './lay';
export { layBone } from './limb';
export { mix } from './mix';
export { halve, spread } from './planes';
export { bone, gaussian, stroke } from './shapes';
