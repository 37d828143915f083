import type { Picture } from '../../../picture.js';

/** ONNX files of feature networks that the user names; what is not named is not measured. */
export interface FeatureFiles {
  /** Inception-v3's 192-dimensional features, for FID and KID of whole pictures. */
  readonly inception192?: string;
  /** Inception-v3's 768-dimensional features, for FID and KID of pictures of hands alone. */
  readonly inception768?: string;
  /** CLIP's encoder of pictures and of captions, for CLIPSIM. */
  readonly clipPicture?: string;
  readonly clipText?: string;
}

/** What the named networks see. Features that no network was named for are undefined. */
export interface FeatureReader {
  /** SHA-256 over the files in use: part of the key under which results are kept. */
  readonly sha256: string;
  /** Features of a picture of any size, [192]. */
  inception192?(picture: Picture): Promise<readonly number[]>;
  /** [768]. */
  inception768?(picture: Picture): Promise<readonly number[]>;
  /** CLIPSIM of a picture and a caption: 100 times the cosine of their embeddings. */
  similarity?(picture: Picture, caption: string): Promise<number>;
  close(): Promise<void>;
}
