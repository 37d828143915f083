import { describe, expect, it } from 'vitest';
import { InputKeeper, InputStore } from '../../src/models/kept-inputs.js';
import type { Tensor } from '../../src/models/tensor.js';

function tensor(value: number, length: number, constant: boolean): Tensor {
  return { dims: [length], data: new Float32Array(length).fill(value), constant };
}

/** Sends through a structured clone, as a worker's port does; tells how many bytes went over. */
function connection(mostBytes?: number) {
  const keeper = new InputKeeper(mostBytes);
  const store = new InputStore();
  return (inputs: Record<string, Tensor>) => {
    const sent = structuredClone(keeper.send(inputs));
    const bytes = Object.values(sent.inputs).reduce(
      (sum, input) => sum + ('tensor' in input ? input.tensor.data.buffer.byteLength : 0),
      0,
    );
    const received = store.receive(sent);
    for (const [name, { data, dims }] of Object.entries(inputs)) {
      expect(received[name]).toEqual({ dims, data });
    }
    return bytes;
  };
}

describe('constant inputs', () => {
  it('are sent once, others every time', () => {
    const send = connection();
    const conditions = tensor(1, 100, true);
    const look = tensor(2, 10, true);
    expect(send({ conditions, look, latent: tensor(3, 5, false) })).toBe(460);
    expect(send({ conditions, look, latent: tensor(4, 5, false) })).toBe(20);
    expect(send({ conditions: tensor(5, 100, true), look })).toBe(400);
    expect(send({ conditions, look })).toBe(0);
  });

  it('may be parts of a larger buffer, which is not sent whole', () => {
    const send = connection();
    const data = Float32Array.from({ length: 1000 }, (_, i) => i).subarray(10, 15);
    expect(send({ a: { dims: [5], data, constant: true } })).toBe(20);
    expect(send({ a: { dims: [5, 1], data, constant: true } })).toBe(0);
    expect(send({ a: { dims: [5], data } })).toBe(20);
  });

  it('are forgotten oldest first where they grow too many, but never in the run that needs them', () => {
    const send = connection(1000);
    const a = tensor(1, 100, true);
    const b = tensor(2, 100, true);
    const c = tensor(3, 100, true);
    expect(send({ a })).toBe(400);
    expect(send({ b })).toBe(400);
    expect(send({ a })).toBe(0);
    expect(send({ c }), 'b is the oldest and goes').toBe(400);
    expect(send({ a, c })).toBe(0);
    expect(send({ b })).toBe(400);
    expect(send({ a, b, c })).toBeGreaterThan(0);
    expect(send({ a, b, c }), 'all three are in use').toBe(0);
  });
});
