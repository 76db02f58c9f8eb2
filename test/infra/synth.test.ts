import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { synthesize } from '../../infra/synth.ts';

const stackSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** Every file below a folder with its bytes. */
function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    files
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [file, readFileSync(join(folder, file), 'latin1')]),
  );
}

/** When each file was written last. */
const writtenAt = (folder: string): ReadonlyMap<string, number> =>
  new Map([...contents(folder).keys()].map((file) => [file, statSync(join(folder, file)).mtimeMs]));

describe('synthesize', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'synth-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('gives the same bytes twice, and does nothing when nothing changed', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const first = await synthesize({ outdir: one, validate: false });
    expect(first).toEqual({ outdir: one, templateFile: join(one, 'Stride.template.json'), cached: false });
    await synthesize({ outdir: two, validate: false });
    expect(contents(two)).toEqual(contents(one));

    const before = writtenAt(one);
    expect(await synthesize({ outdir: one })).toEqual({ ...first, cached: true });
    expect(writtenAt(one)).toEqual(before);
  }, 120_000);

  test('synthesizes again for another configuration, and keeps the bundles', async () => {
    const outdir = join(folder, 'one');
    const before = contents(outdir);
    const context = {
      'stride:ingestVisibilitySeconds': '77',
      'stride:healthSubnetIds': 'subnet-a1,subnet-b2',
      'stride:healthSecurityGroupIds': 'sg-c3',
      'stride:healthVpcId': 'vpc-d4',
      'stride:healthRouteTableIds': 'rtb-e5',
    };
    const { templateFile, cached } = await synthesize({ outdir, context, validate: false });
    expect(cached).toBe(false);
    const template = readFileSync(templateFile, 'utf8');
    expect(template).toContain('"VisibilityTimeout": 77');
    const network = stackSchema.parse(JSON.parse(template)).Resources;
    expect(Object.values(network)).toContainEqual({
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: 'vpc-d4',
        VpcEndpointType: 'Gateway',
        ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.dynamodb']] },
        RouteTableIds: ['rtb-e5'],
      },
    });
    const inNetwork = Object.entries(network).filter(([, { Properties }]) => Properties['VpcConfig'] !== undefined);
    expect(inNetwork).toMatchObject([
      [
        expect.stringMatching(/^FunctionsHealthFunction/),
        { Properties: { VpcConfig: { SubnetIds: ['subnet-a1', 'subnet-b2'], SecurityGroupIds: ['sg-c3'] } } },
      ],
    ]);
    const bundles = (files: Map<string, string>) => [...files].filter(([file]) => file.startsWith('asset.'));
    expect(bundles(contents(outdir))).toEqual(bundles(before));
  }, 120_000);

  test('synthesizes again when a bundle is missing', async () => {
    const outdir = join(folder, 'two');
    const before = contents(outdir);
    const bundle = readdirSync(outdir).find((file) => file.startsWith('asset.')) ?? 'none';
    rmSync(join(outdir, bundle), { recursive: true });
    expect((await synthesize({ outdir, validate: false })).cached).toBe(false);
    expect(contents(outdir)).toEqual(before);
  }, 120_000);

  test('refuses wrong configuration, naming it, and leaves nothing half-done', async () => {
    const outdir = join(folder, 'four');
    await expect(synthesize({ outdir, context: { 'stride:clutser': 'x' } })).rejects.toThrow(
      'Unrecognized key: "clutser"',
    );
    expect(readdirSync(outdir)).toEqual([]);
  }, 60_000);
});
