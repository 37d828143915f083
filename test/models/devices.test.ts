import { describe, expect, it } from 'vitest';
import { devicesToTry, knownProblem, type MachineFacts, triedProblem } from '../../src/models/devices.js';

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
