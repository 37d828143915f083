/** sRGB, 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

type Colours = Readonly<Record<string, Colour>>;

const CLOTH: Colours = {
  white: [237, 237, 235],
  black: [28, 28, 30],
  grey: [128, 128, 130],
  'dark grey': [64, 66, 71],
  red: [194, 28, 33],
  'dark red': [107, 18, 28],
  orange: [230, 117, 31],
  yellow: [237, 201, 56],
  green: [41, 133, 64],
  'dark green': [20, 69, 43],
  'light green': [153, 204, 145],
  turquoise: [33, 156, 158],
  'light blue': [140, 189, 230],
  blue: [36, 82, 184],
  navy: [20, 28, 74],
  purple: [107, 51, 145],
  pink: [235, 153, 179],
  brown: [102, 66, 43],
  beige: [212, 191, 161],
};

/** The colours that cloth, hair, trousers and walls can be given, by the words for them: as the world of training has them. */
export const COLOURS: Readonly<Record<'hair' | 'cloth' | 'trousers' | 'wall', Colours>> = {
  hair: {
    black: [25, 22, 22],
    'dark brown': [48, 32, 23],
    brown: [87, 56, 36],
    'light brown': [128, 92, 59],
    blond: [199, 161, 102],
    red: [140, 61, 28],
    grey: [143, 140, 138],
    white: [219, 217, 212],
  },
  cloth: CLOTH,
  trousers: CLOTH,
  wall: {
    ...CLOTH,
    white: [242, 242, 240],
    grey: [148, 148, 150],
    blue: [61, 102, 168],
    'light blue': [168, 201, 227],
    green: [69, 133, 87],
    red: [148, 51, 51],
    yellow: [224, 201, 122],
    purple: [107, 87, 138],
    pink: [224, 184, 194],
  },
};

export type Recoloured = keyof typeof COLOURS;

export function isRecoloured(field: string): field is Recoloured {
  return Object.hasOwn(COLOURS, field);
}
