export {
  type Bundle,
  bundleFile,
  DEFAULT_BUNDLE,
  fileProblems,
  type ListedBundle,
  listBundles,
  loadBundle,
} from './bundle.js';
export type { BundleRunner } from './bundle-runner.js';
export { type BundleCheck, checkBundle } from './check-bundle.js';
export { DEVICES, type Device, type DeviceReport } from './devices.js';
export { type Gallery, type GallerySigner, loadGallery } from './gallery.js';
export { seenProblem } from './machine.js';
export type { Manifest } from './manifest.js';
export { openRunner, type RunnerOptions } from './runner.js';
export { runtimeVersion } from './runtime-version.js';
export type { FloatTensor, FloatTensors, GraphRunner, Tensor, Tensors } from './tensor.js';
export { createTokenizer, readClipTokenizer } from './tokenizer.js';
export type { Encoded, Tokenizer, UnknownWord } from './word-tokenizer.js';
