import { spawnSync } from 'node:child_process';

export interface Executed {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. Throws with what it printed where it fails, unless it may. */
export function execute(
  program: string,
  args: readonly string[],
  { cwd, mayFail = false }: { cwd?: string; mayFail?: boolean } = {},
): Executed {
  // What npm tells its scripts about this repository is not for the folders of others.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const done = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const { status, stdout: out, stderr: err } = done;
  if (status !== 0 && !mayFail) throw new Error(`${program} ${args.join(' ')} failed:\n${out}\n${err}`);
  return { status, out, err };
}
