export { captionsName } from './beside.js';
export { type Begun, begunIn } from './choice/begun.js';
export { PRECISIONS, type Precision } from './choice/precisions.js';
export { type Engine, openEngine } from './engine.js';
export { FrameStream } from './frame-stream.js';
export { generate } from './generate.js';
export { presetFits } from './method.js';
export type {
  Background,
  GenerateOptions,
  LookOptions,
  MethodOptions,
  Note,
  OutputOptions,
  Progress,
  RenderOptions,
  RuntimeOptions,
  SourceOptions,
  WatchOptions,
} from './options.js';
export { RunEvents } from './options.js';
export { drawPictures, type PictureRange } from './pictures.js';
export { listPresets, loadPreset, type Preset, type PresetOverrides, presetSchema } from './preset.js';
export { provenance, version } from './provenance.js';
export { type RenderResult, render } from './render.js';
export { type FramesOptions, type GeneratedFrame, Session } from './session.js';
export type { Signer } from './signer.js';
export { promptTopics, topicsOf } from './topics.js';
