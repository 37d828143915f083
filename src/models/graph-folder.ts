/** A folder of graphs: a bundle, or networks of another kind. */
export interface GraphFolder {
  readonly folder: string;
  readonly manifest: { readonly name: string };
  /** What to do about a graph that fails; default: have a look at the bundle. */
  readonly advice?: string;
}
