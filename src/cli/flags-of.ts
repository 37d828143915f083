import type { Command } from 'commander';

/** Options whose flag has another name, by the name that programs use. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  layout: 'side-by-side',
  presets: 'preset',
  certificate: 'sign-certificate',
  key: 'sign-key',
};

/**
 * A sentence for the command line: options that it names as programs give them, in backticks (`force: true`, `fps`), become the
 * flags of the command (`--force`, `--fps`), or of the first other one that has such a flag: what `pose info` finds is about how the
 * file is drawn. What is a flag nowhere stays as it is. `join` has flags of its own for its sources.
 */
export function withFlags(
  sentence: string,
  command: Command | undefined,
  ...others: readonly Command[]
): string {
  return sentence.replace(/`([a-z]\w*)(?:: ([^`]+))?`/g, (whole, name: string, value: string | undefined) => {
    const flag = [command, ...others]
      .map((known) => flagOf(name, value, known))
      .find((found) => found !== undefined);
    if (flag === undefined) return whole;
    return value === undefined || value === 'true' || value === 'false' ? flag : `${flag} ${value}`;
  });
}

function flagOf(name: string, value: string | undefined, command: Command | undefined): string | undefined {
  const dashed = (OTHER_NAMES[name] ?? name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const wanted = value === 'false' ? [`--no-${dashed}`] : [`--source-${dashed}`, `--${dashed}`];
  const known = new Set(command?.options.map(({ long }) => long));
  return wanted.find((flag) => known.has(flag));
}
