import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CLI_CODES } from '../../src/cli/failure.js';
import { ERROR_CODES } from '../../src/error-codes.js';
import {
  BatchError,
  BundleError,
  CancelledError,
  DeviceError,
  EncoderError,
  OutputError,
  PoseFileError,
  QueueError,
  RegressionError,
  UsageError,
} from '../../src/errors.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const EXIT_CODES: Record<keyof typeof ERROR_CODES, number> = {
  RegressionError: new RegressionError('HF_REGRESSION', '').exitCode,
  UsageError: new UsageError('HF_PORT', '').exitCode,
  PoseFileError: new PoseFileError('HF_POSE_EMPTY', '').exitCode,
  BundleError: new BundleError('HF_BUNDLE_FILE', '').exitCode,
  DeviceError: new DeviceError('HF_DEVICE_NONE', '').exitCode,
  OutputError: new OutputError('HF_OUTPUT_FULL', '').exitCode,
  EncoderError: new EncoderError('HF_FFMPEG_FAILED', '').exitCode,
  QueueError: new QueueError('HF_QUEUE_LOST', '').exitCode,
  BatchError: new BatchError('HF_BATCH_FAILED', '').exitCode,
  CancelledError: new CancelledError('HF_CANCELLED', '').exitCode,
};

/** Every code with its exit code, as the code has them. */
function codes(): Map<string, number> {
  const all = new Map<string, number>(Object.entries(CLI_CODES));
  for (const [name, exit] of Object.entries(EXIT_CODES)) {
    for (const code of Object.entries(ERROR_CODES).find(([known]) => known === name)?.[1] ?? [])
      all.set(code, exit);
  }
  return all;
}

function sources(): { path: string; text: string }[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(root, 'src', path), 'utf8') }));
}

describe('docs/errors.md', () => {
  const rows = readFileSync(join(root, 'docs', 'errors.md'), 'utf8').matchAll(
    /^\| `(HF_\w+)` \| (\d+) \| (\S.*) \| (\S.*) \|$/gm,
  );
  const listed = [...rows].map(([, code = '', exit]): [string, number] => [code, Number(exit)]);

  it('lists every code once, with its exit code', () => {
    expect(new Map(listed)).toEqual(codes());
    expect(listed).toHaveLength(codes().size);
  });

  it('lists no code that nothing throws', () => {
    const used = sources()
      .filter(({ path }) => path !== 'error-codes.ts')
      .flatMap(({ text }) => text.match(/HF_[A-Z_]+/g) ?? []);
    expect([...codes().keys()].filter((code) => !used.includes(code))).toEqual([]);
  });
});

describe('messages outside of the command line', () => {
  // These write commands, or start a process, whose words are flags.
  const commands = [
    'pipeline/command.ts',
    'preview/phrases.ts',
    'preview/recordings.ts',
    'pose/readers/kaggle/reader.ts',
    'evaluate/cost.ts',
  ];

  it('name options as programs give them, never flags', () => {
    const flags = sources()
      .filter(({ path }) => !path.startsWith('cli/') && !commands.includes(path))
      .flatMap(({ path, text }) => {
        const sentences = text.replace(/var\(--|^ *--.*$|node \$\{.*--onnx.*/gm, '');
        return (sentences.match(/(?<=[\s(`'])--[a-z][a-z-]+(?![a-z-]*[=:;])/g) ?? []).map(
          (flag) => `${path}: ${flag}`,
        );
      });
    expect(flags).toEqual([]);
  });
});
