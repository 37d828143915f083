/** How a bundle's graphs count: in float32, or with their convolutions in eight bits, where the bundle brings such graphs. */
export const PRECISIONS = ['float32', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];
