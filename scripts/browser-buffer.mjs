// What the readers know from Node, for browsers. The slash names the package; without it, it is Node's own.
export { Buffer } from 'buffer/';
