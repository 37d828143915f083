import type { Command } from 'commander';

/** Options whose flag has another name, by the name that programs use. */
const OTHER_NAMES: Readonly<Record<string, string>> = { layout: 'side-by-side', presets: 'preset' };

/**
 * A sentence for the command line: options that it names as programs give them, in backticks (`force: true`, `fps`), become the
 * flags of the command (`--force`, `--fps`); what is no flag there stays as it is. `join` has flags of its own for its sources.
 */
export function withFlags(sentence: string, command: Command | undefined): string {
  return sentence.replace(/`([a-z]\w*)(?:: ([^`]+))?`/g, (whole, name: string, value: string | undefined) => {
    const flag = flagOf(name, value, command);
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
