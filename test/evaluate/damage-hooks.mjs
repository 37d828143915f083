// Changes the source of a module as it is loaded; see `damage.mjs`.
const FAULTS = {
  // One channel of a hand's heatmaps stays empty.
  finger: {
    module: '/src/stages/conditions/hand.ts',
    name: 'drawFingerHeatmaps',
    instead: `(channels, ...rest) {
      undamaged(channels, ...rest);
      const index = channels[1];
      index.data.fill(0, index.offset, index.offset + index.width * index.height);
    }`,
  },
  blending: { module: '/src/stages/blending.ts', name: 'blendMasks', instead: '() { return []; }' },
};

const { module, name, instead } = FAULTS[new URL(import.meta.url).searchParams.get('fault')];

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!new URL(url).pathname.endsWith(module)) return loaded;
  const source = String(loaded.source);
  const declared = `function ${name}(`;
  if (source.split(declared).length !== 2) throw new Error(`${url} does not declare ${name} once`);
  return { ...loaded, source: source.replace(declared, `function ${name}${instead}\nfunction undamaged(`) };
}
