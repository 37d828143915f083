/** What is known of a true picture's content. */
export interface KnownMasks {
  readonly person?: Uint8Array;
  readonly leftHand?: Uint8Array;
  readonly rightHand?: Uint8Array;
}
