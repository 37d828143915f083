import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { type CompiledModel, loadLiteRt, Tensor } from '@litertjs/core';
import { packageFolder } from './model-files.js';
import type { ModelName, Models } from './models.js';

/*
 * The only file that imports LiteRT.js (TensorFlow Lite in WebAssembly). It is written for browsers and their workers: what it
 * looks for there is put into this thread's globals, so it must run in a worker thread of its own.
 */

/** Compiles the networks. */
export async function compileModels(files: ReadonlyMap<ModelName, Uint8Array>): Promise<Models> {
  const folder = path.join(packageFolder('@litertjs/core'), 'wasm');
  actAsBrowserWorker(folder);
  const runtime = await loadLiteRt(`${folder}/`);
  const compiled = new Map<ModelName, CompiledModel>();
  for (const [name, bytes] of files)
    compiled.set(name, await runtime.loadAndCompile(bytes, { accelerator: 'wasm' }));
  return {
    async run(name, input) {
      const model = compiled.get(name);
      const shape = model?.getInputDetails()[0]?.shape;
      if (!model || !shape) throw new Error(`no network ${name}`);
      const tensor = new Tensor(input, [...shape]);
      const outputs = await model.run([tensor]);
      tensor.delete();
      const details = model.getOutputDetails();
      const values = outputs.map((output, index): [string, Float32Array] => {
        const data = output.toTypedArray();
        output.delete();
        return [details[index]?.name ?? '', Float32Array.from(data)];
      });
      return new Map(values);
    },
  };
}

function actAsBrowserWorker(folder: string): void {
  const importScripts = (file: string) => {
    vm.runInThisContext(readFileSync(file, 'utf8'), { filename: file });
  };
  Object.assign(globalThis, {
    self: globalThis,
    require: createRequire(import.meta.url),
    __dirname: folder,
    importScripts,
  });
}
