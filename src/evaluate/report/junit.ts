import type { BaselineVerdict, Report } from './report-model.js';

/**
 * The report as JUnit XML (the form that Jenkins, GitLab and others read): a test suite a preset, a test case a metric, which fails where
 * the metric got worse than the baseline and is skipped where it was not measured. `seconds` is what this run spent on each preset; as its
 * metrics are measured together, each carries an equal share.
 */
export function junit({ presets, baseline, about }: Report, seconds: ReadonlyMap<string, number>): string {
  const verdicts = baseline?.verdicts ?? [];
  const suites = presets.map(({ preset, figures }) => {
    const spent = seconds.get(preset) ?? 0;
    const share = spent / Math.max(1, figures.length);
    const cases = figures.map(({ name, label, value, note }) => {
      const verdict = verdicts.find((one) => one.preset === preset && one.name === name);
      const suite = `${about.benchmark.name}.${preset}`;
      return testCase({ suite, label, value, verdict, note, seconds: share });
    });
    const failures = verdicts.filter((one) => one.preset === preset && one.failed).length;
    const skipped = figures.filter(
      ({ name, value }) =>
        value === null && !verdicts.some((one) => one.preset === preset && one.name === name),
    ).length;
    const head = `<testsuite name="${escaped(preset)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${spent.toFixed(3)}">`;
    return [`  ${head}`, ...cases, '  </testsuite>'].join('\n');
  });
  const total = presets.reduce((sum, { preset }) => sum + (seconds.get(preset) ?? 0), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="handfirst evaluate" time="${total.toFixed(3)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

interface TestCase {
  readonly suite: string;
  readonly label: string;
  readonly value: number | null;
  readonly verdict: BaselineVerdict | undefined;
  readonly note: string;
  readonly seconds: number;
}

function testCase({ suite, label, value, verdict, note, seconds }: TestCase): string {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(label)}" time="${seconds.toFixed(3)}">`;
  if (verdict?.failed)
    return `${open}<failure message="${escaped(verdict.sentence)}" type="worse"/></testcase>`;
  if (value === null && !verdict) return `${open}<skipped message="${escaped(note)}"/></testcase>`;
  return `${open}<system-out>${value}</system-out></testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Text that XML can hold. */
function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ' ')
  );
}
