import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { devicesToTry, knownProblem, type MachineFacts, triedProblem } from '../../src/models/devices.js';
import { openRunner } from '../../src/models/index.js';
import { graphsBundle } from './tiny-bundle.js';

const capable: MachineFacts = {
  platform: 'linux/x64',
  supported: ['cpu', 'webgpu', 'cuda', 'tensorrt'],
  nvidiaDriver: true,
  cudaLibraries: true,
  cudaInstall: 'node install.js',
  graphics: true,
};

describe('devices', () => {
  it('are tried in the order cuda, webgpu, cpu, or alone where one is asked for', () => {
    expect(devicesToTry(undefined)).toEqual(['cuda', 'webgpu', 'cpu']);
    expect(devicesToTry('auto')).toEqual(['cuda', 'webgpu', 'cpu']);
    expect(devicesToTry('WebGPU')).toEqual(['webgpu']);
    expect(() => devicesToTry('gpu')).toThrow('There is no device "gpu": give auto, cuda, webgpu, cpu.');
  });

  it('have no known problem where everything is there', () => {
    for (const device of devicesToTry(undefined)) expect(knownProblem(device, capable)).toBeUndefined();
  });

  it.each([
    [
      'cuda',
      { supported: ['cpu'], platform: 'darwin/arm64' },
      'cuda is not available: ONNX Runtime for Node has no cuda on darwin/arm64.',
    ],
    [
      'cuda',
      { nvidiaDriver: false, cudaLibraries: false },
      'cuda is not available: no NVIDIA driver was found on this machine.',
    ],
    [
      'cuda',
      { cudaLibraries: false },
      'cuda is not available: the CUDA part of ONNX Runtime is not installed, as npm skips install scripts unless they are allowed; fetch it once with `node install.js`.',
    ],
    [
      'webgpu',
      { graphics: false },
      'webgpu is not available: no graphics processor was found on this machine.',
    ],
  ] as const)('say why %s cannot be used with %j', (device, lacking, sentence) => {
    expect(knownProblem(device, { ...capable, ...lacking })).toBe(sentence);
  });

  it('say what the runtime said when one fails, in a sentence', () => {
    // Words of ONNX Runtime 1.30 on a machine without graphics, and without CUDA.
    const adapter =
      '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n';
    expect(triedProblem('webgpu', adapter)).toBe(
      'webgpu is not available (no driver offers a usable graphics processor): check that a Vulkan, Metal or Direct3D 12 driver is installed.',
    );
    expect(
      triedProblem('cuda', 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library'),
    ).toMatch(
      /^cuda is not available \(.*Failed to load shared library\): check that the CUDA and cuDNN versions .*\.$/,
    );
  });
});

/** A Vulkan driver that runs on the CPU: shows that the way of graphics processors works. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Without the loader no driver is found, whatever it is. */
function vulkanLoader(): boolean {
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' });
  return (stdout ?? '').includes('libvulkan.so.1');
}

describe.skipIf(!existsSync(SWIFTSHADER) || !vulkanLoader())(
  'webgpu (skipped where Chromium has not brought SwiftShader, or without a Vulkan loader)',
  () => {
    it('gives the results of the CPU', async () => {
      const before = process.env.VK_ICD_FILENAMES;
      process.env.VK_ICD_FILENAMES = SWIFTSHADER;
      onTestFinished(() => {
        if (before === undefined) delete process.env.VK_ICD_FILENAMES;
        else process.env.VK_ICD_FILENAMES = before;
      });
      const runner = await openRunner(await graphsBundle(), { device: 'webgpu' });
      onTestFinished(() => runner.close());
      expect(runner.device).toBe('webgpu');
      const { scaled } = await runner.run('affine.onnx', {
        x: { dims: [1, 2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
        shift: { dims: [1], data: Float32Array.of(0.5) },
      });
      expect(scaled?.data).toEqual(Float32Array.of(0.5, 2.5, 4.5, 6.5, 8.5, 10.5));
    });
  },
);
