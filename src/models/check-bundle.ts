import { HandfirstError } from '../errors.js';
import type { Bundle } from './bundle.js';
import { fileProblems } from './bundle.js';
import type { DeviceReport } from './devices.js';
import { type GraphUse, usesOf } from './graph-uses.js';
import { graphsOf } from './read-manifest.js';
import { openRunner, type RunnerOptions } from './runner.js';
import type { GraphDescription } from './session-messages.js';
import { createTokenizer } from './tokenizer.js';

/** What `checkBundle` found: no problems means that the bundle can be used. */
export interface BundleCheck {
  readonly problems: readonly string[];
  /** What became of each device. */
  readonly devices: readonly DeviceReport[];
}

/**
 * Looks at everything that can be wrong with a bundle whose manifest is read: files and their SHA-256, the tokenizer,
 * and each graph, loaded on the device, against the inputs, outputs and sizes that the manifest tells. Problems are
 * sentences; nothing is thrown for them.
 */
export async function checkBundle(bundle: Bundle, options: RunnerOptions = {}): Promise<BundleCheck> {
  const problems = await fileProblems(bundle, true);
  if (problems.length > 0) return { problems, devices: [] };
  problems.push(...(await problemOf(createTokenizer(bundle))));
  const runner = await openRunner(bundle, options);
  try {
    for (const graph of graphsOf(bundle.manifest)) {
      const uses = usesOf(bundle.manifest).filter((use) => use.graph === graph);
      const found = runner.describe(graph).then((description) => {
        problems.push(...uses.flatMap((use) => graphProblems(use, description)));
      });
      problems.push(...(await problemOf(found)));
    }
  } finally {
    await runner.close();
  }
  return { problems, devices: runner.devices };
}

/** Where a graph differs from what the manifest says about it. */
function graphProblems(use: GraphUse, description: GraphDescription): string[] {
  const problems: string[] = [];
  const report = (what: string) =>
    problems.push(`The graph ${use.graph} does not fit the manifest: ${what}; export the bundle again.`);
  for (const side of ['inputs', 'outputs'] as const) {
    for (const { name, shape, types } of use[side]) {
      const spec = description[side].find((found) => found.name === name);
      if (!spec) {
        report(`it has no ${side.slice(0, -1)} "${name}"`);
      } else if (shape && !fits(shape, spec.shape)) {
        report(
          `its "${name}" is [${spec.shape.join(', ')}] and should be [${shape.map((size) => size ?? 'any').join(', ')}]`,
        );
      } else if (!types.includes(spec.type)) {
        report(`its "${name}" is ${spec.type} and should be ${types.join(' or ')}`);
      }
    }
  }
  for (const { name } of description.inputs) {
    if (!use.inputs.some((input) => input.name === name)) report(`nothing feeds its input "${name}"`);
  }
  return problems;
}

/** A dimension that the graph leaves free fits every size, and one that the manifest does not tell fits every graph. */
function fits(expected: readonly (number | undefined)[], found: readonly (number | string)[]): boolean {
  return (
    expected.length === found.length &&
    expected.every((size, i) => size === undefined || typeof found[i] === 'string' || found[i] === size)
  );
}

async function problemOf(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    if (error instanceof HandfirstError) return [error.message];
    throw error;
  }
}
