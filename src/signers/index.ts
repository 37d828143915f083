export { type ChosenSigner, chooseFromGallery, dress, type Recolouring } from './choose.js';
export { COLOURS, type Colour, type Recoloured } from './colours.js';
export { readPrompt, type Wish, type Wishes } from './read-prompt.js';
export { writeSheet } from './sheet.js';
export { galleryTopics } from './topics.js';
