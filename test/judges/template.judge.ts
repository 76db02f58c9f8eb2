import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createStrideApp } from '../../infra/stride-app.ts';
import { pythonPrograms } from './judge-cache.ts';
import { runToEnd } from './programs.ts';
import { CDK_NAG_FINDINGS, CFN_LINT_FINDINGS, type Finding } from './template-findings.ts';

const lintReport = z.array(
  z.object({
    Rule: z.object({ Id: z.string() }),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])) }),
  }),
);

/** The CDK ends a logical id with eight digits of a hash. */
const HASH = /[0-9A-F]{8}$/;

/** `rule at place`, sorted. */
const linesOf = (findings: readonly Pick<Finding, 'rule' | 'at'>[]): readonly string[] =>
  findings.map(({ rule, at }) => `${rule} at ${at}`).toSorted();

/** Smoke: what linters of others find is fixed, or stays for a reason; a reason without its finding goes. */
describe('the template before linters', () => {
  let outdir: string;
  let synthesized: ReturnType<typeof createStrideApp>;
  let templateFile: string;

  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), 'stride-template-'));
    synthesized = createStrideApp({ outdir, context: {}, validate: false });
    templateFile = synthesized.app.synth().getStackArtifact(synthesized.stack.artifactId).templateFullPath;
  });
  afterAll(() => rm(outdir, { recursive: true }));

  it('cfn-lint', async () => {
    const program = await pythonPrograms();
    const args = ['--format', 'json', '--regions', 'us-east-1', '--template', templateFile];
    const { code, output } = await runToEnd(program('cfn-lint'), args);
    // Bits for informational, warning and error findings; 1 and 32 are failures of its own.
    expect(code, output).toSatisfy((value) => typeof value === 'number' && (value & 33) === 0);
    const findings = lintReport.parse(JSON.parse(output)).map(({ Rule, Location: { Path } }) => ({
      rule: Rule.Id,
      at: Path.slice(0, 3)
        .map((step) => String(step).replace(HASH, ''))
        .join('/'),
    }));
    expect(linesOf(findings)).toEqual(linesOf(CFN_LINT_FINDINGS));
  });

  it('cdk-nag', () => {
    const { violations } = new AwsSolutionsChecks().validateScope(synthesized.app);
    const findings = violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, at: constructPath })),
    );
    expect(linesOf(findings)).toEqual(linesOf(CDK_NAG_FINDINGS));
  });
});
