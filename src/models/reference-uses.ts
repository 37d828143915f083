import type { AutoencoderManifest, DenoiserManifest, Manifest } from './manifest.js';

/** Kinds of conditions that are drawn from the reference. */
export const REFERENCE_KINDS = ['carried', 'coverage', 'carried-latent', 'plate-latent'] as const;

type Stage = { readonly autoencoder: AutoencoderManifest; readonly denoiser: DenoiserManifest };

/** Whether anything that the bundle's graphs take comes from a reference picture. */
export function takesReference({ hand, body }: Manifest): boolean {
  return [hand, body].some((stage) => stage && (seesSkin(stage) || seesCarried(stage)));
}

/** Whether a stage takes the carried picture or the plate, in its denoiser or in its decoder. */
export function seesCarried({ autoencoder, denoiser }: Stage): boolean {
  return (
    REFERENCE_KINDS.some((kind) => asksFor(denoiser, kind)) ||
    autoencoder.decoder.inputs.some(({ from }) => from === 'carried' || from === 'plate')
  );
}

/** Whether the finished picture is drawn on the reference's plate. */
export function seesPlate({ body: { autoencoder, denoiser } }: Manifest): boolean {
  return asksFor(denoiser, 'plate-latent') || autoencoder.decoder.inputs.some(({ from }) => from === 'plate');
}

/** Whether the body stage says where the person is. */
export function givesPersonMask({ body: { autoencoder, denoiser } }: Manifest): boolean {
  const { mask, maps } = autoencoder.decoder;
  return mask !== undefined || maps !== undefined || denoiser.outputs.mask !== undefined;
}

/** Whether one of a denoiser's condition inputs has channels of this kind. */
export function asksFor({ inputs }: DenoiserManifest, kind: string): boolean {
  return inputs.some(
    (input) => input.from === 'conditions' && input.channels.some((channels) => channels.kind === kind),
  );
}

function seesSkin({ denoiser }: Stage): boolean {
  return denoiser.inputs.some(({ from }) => from === 'skin');
}
