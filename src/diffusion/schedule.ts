/** Forward diffusion; names and values as in diffusers. */
export interface ScheduleOptions {
  readonly kind: 'linear' | 'scaled_linear' | 'cosine';
  readonly trainSteps: number;
  readonly betaStart: number;
  readonly betaEnd: number;
  /** Rescale the betas so that the last step has zero signal (Lin et al. 2024, algorithm 1). */
  readonly zeroTerminalSnr: boolean;
}

/** Largest beta of the cosine schedule (Nichol and Dhariwal 2021, section 3.2; `max_beta` in diffusers). */
const MAX_BETA = 0.999;
/** Offset of the cosine schedule, so that the first betas are not too small (same source). */
const COSINE_OFFSET = 0.008;

/**
 * Cumulative products of `1 - beta` for each training timestep: the share of the signal's power that is left
 * at timestep t. Length `trainSteps`, falling, values in 0..1 (exactly 0 at the end with `zeroTerminalSnr`).
 *
 * Kinds as in diffusers: `linear` and `scaled_linear` between `betaStart` and `betaEnd`, `cosine` =
 * `squaredcos_cap_v2`. Worked out in double precision, where diffusers uses float32: they agree to 1e-6.
 */
export function alphasCumprod(schedule: ScheduleOptions): Float64Array {
  const alphas = new Float64Array(schedule.trainSteps);
  let product = 1;
  for (let t = 0; t < alphas.length; t++) {
    product *= 1 - beta(schedule, t);
    alphas[t] = product;
  }
  return schedule.zeroTerminalSnr ? withZeroTerminalSnr(alphas) : alphas;
}

function beta(schedule: ScheduleOptions, t: number): number {
  const { kind, trainSteps, betaStart, betaEnd } = schedule;
  const place = trainSteps > 1 ? t / (trainSteps - 1) : 0;
  switch (kind) {
    case 'linear':
      return betaStart + (betaEnd - betaStart) * place;
    case 'scaled_linear':
      return (Math.sqrt(betaStart) + (Math.sqrt(betaEnd) - Math.sqrt(betaStart)) * place) ** 2;
    case 'cosine':
      return Math.min(1 - cosineAlpha((t + 1) / trainSteps) / cosineAlpha(t / trainSteps), MAX_BETA);
  }
}

function cosineAlpha(time: number): number {
  return Math.cos((((time + COSINE_OFFSET) / (1 + COSINE_OFFSET)) * Math.PI) / 2) ** 2;
}

/** Shifts and scales the square roots so that the last is 0 and the first stays (Lin et al. 2024, algorithm 1). */
function withZeroTerminalSnr(alphas: Float64Array): Float64Array {
  const first = Math.sqrt(alphas.at(0) ?? 1);
  const last = Math.sqrt(alphas.at(-1) ?? 0);
  return alphas.map((alpha) => (((Math.sqrt(alpha) - last) * first) / (first - last)) ** 2);
}
