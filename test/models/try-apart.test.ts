import { expect, it } from 'vitest';
import { failureApart } from '../../src/models/try-apart.js';

// y = x, float32 [1]
const IDENTITY = Buffer.from(
  'CAg6OwoQCgF4EgF5IghJZGVudGl0eRIFcHJvYmVaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAR',
  'base64',
);

it('gives nothing where the model runs', { timeout: 60_000 }, async () => {
  expect(await failureApart('cpu', 'cpu', IDENTITY)).toBeUndefined();
});

it("gives the runtime's own words where it does not", { timeout: 60_000 }, async () => {
  expect(await failureApart('cpu', 'cpu', Buffer.from('no model'))).toMatch(/protobuf|model/i);
  expect(await failureApart('webgpu', 'nothing', IDENTITY)).toMatch(/nothing|backend|provider/i);
});
