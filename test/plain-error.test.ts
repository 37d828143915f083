import { expect, it } from 'vitest';
import { BundleError, CancelledError, DeviceError, UsageError } from '../src/errors.js';
import { plainError, revivedError } from '../src/plain-error.js';

it.each([
  new BundleError('HF_BUNDLE_GRAPH', 'The graph does not fit.', { file: 'body.onnx' }),
  new DeviceError('HF_DEVICE_FAILED', 'The graph failed.'),
  new UsageError('HF_PACKAGE_MISSING', 'Install it.', { field: 'refine.draw' }),
  new CancelledError('HF_CANCELLED', 'The run was cancelled.'),
])('keeps class, code and place of $name between threads', (error) => {
  const revived = revivedError(structuredClone(plainError(error)));
  expect(revived).toBeInstanceOf(error.constructor);
  expect(revived).toMatchObject({ message: error.message, code: error.code });
  expect(revived).toHaveProperty('file', error.file);
});

it('says where an unforeseen failure came from', () => {
  expect(revivedError(plainError(new RangeError('too far'))).message).toMatch(
    /RangeError: too far\n.*plain-error/,
  );
});
