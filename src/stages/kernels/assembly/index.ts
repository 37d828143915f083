/*
 * Entry of the compiled module, written in AssemblyScript; `scripts/build-kernels.mjs` compiles it. Its memory is imported and laid out by
 * `kernels.ts`: no function here allocates.
 */
export { clearHands, cutOut, layHand, resampleLines } from './canvas';
export { layAffine, layBone, layShifted, onSheet, takePart } from './lay';
export { mix } from './mix';
export { halve, spread } from './planes';
export { bone, gaussian, stroke } from './shapes';
