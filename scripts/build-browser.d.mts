/** Bundles the keypoint reader for browsers into a file. */
export function buildBrowserReader(outfile?: string): Promise<void>;
