import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;

/** Where what a test makes is taken away again: `onTestFinished`, or `afterAll` for what a file shares. */
export type CleanUp = (undo: () => Promise<void>) => void;

/** A temporary directory that goes with the test. */
export async function aDirectory(cleanUp: CleanUp = onTestFinished): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'stride-test-'));
  cleanUp(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A cloud assembly as the CDK writes it: one stack `Test`, and bundles (asset name → text of index.mjs). */
export async function anAssembly(
  resources: Resources,
  bundles: Readonly<Record<string, string>> = {},
  cleanUp: CleanUp = onTestFinished,
): Promise<string> {
  const directory = await aDirectory(cleanUp);
  await writeAssembly(directory, resources, bundles);
  return directory;
}

/** Writes an assembly into a directory, over one that may be there. */
async function writeAssembly(
  directory: string,
  resources: Resources,
  bundles: Readonly<Record<string, string>> = {},
): Promise<void> {
  const files: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(bundles)) {
    await mkdir(join(directory, `asset.${name}`), { recursive: true });
    await writeFile(join(directory, `asset.${name}`, 'index.mjs'), text);
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { current: { bucketName: 'assets', objectKey: `${name}.zip` } },
    };
  }
  const write = (name: string, value: unknown) => writeFile(join(directory, name), JSON.stringify(value));
  await write('Test.template.json', { Resources: resources });
  await write('Test.assets.json', { version: '1', files });
  await write('manifest.json', {
    version: '1',
    artifacts: {
      'Test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Test.assets.json' } },
      Test: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Test.template.json' } },
    },
  });
}

/** A function of the bundle `name`, with overrides of its properties. */
export function aFunction(name: string, properties: Readonly<Record<string, unknown>> = {}) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::000000000000:role/none',
      ...properties,
    },
  };
}

/** The resources of a REST API with stage `marathon`: path → verb → logical id of the function and more of the integration. */
export function anApi(
  routes: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly function: string; readonly stream?: boolean; readonly timeoutMs?: number }>>
    >
  >,
): Resources {
  const resources: Record<string, { Type: string; Properties: unknown }> = {
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Name: 'api', BinaryMediaTypes: ['*/*'], MinimumCompressionSize: 512 },
    },
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, StageName: 'marathon' } },
  };
  const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
  const ids = new Map<string, unknown>([['', root]]);
  for (const [path, methods] of Object.entries(routes)) {
    let above = '';
    for (const part of path
      .split('/')
      .slice(1)
      .filter((each) => each !== '')) {
      const here = `${above}/${part}`;
      const logicalId = `Resource${ids.size}`;
      if (!ids.has(here)) {
        resources[logicalId] = {
          Type: 'AWS::ApiGateway::Resource',
          Properties: { ParentId: ids.get(above), PathPart: part, RestApiId: { Ref: 'Api' } },
        };
        ids.set(here, { Ref: logicalId });
      }
      above = here;
    }
    for (const [verb, { function: target, stream, timeoutMs }] of Object.entries(methods)) {
      const ending = stream ? 'response-streaming-invocations' : 'invocations';
      resources[`Method${Object.keys(resources).length}`] = {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          HttpMethod: verb,
          ResourceId: ids.get(above),
          RestApiId: { Ref: 'Api' },
          AuthorizationType: 'NONE',
          Integration: {
            Type: 'AWS_PROXY',
            IntegrationHttpMethod: 'POST',
            ...(stream ? { ResponseTransferMode: 'STREAM' } : {}),
            ...(timeoutMs === undefined ? {} : { TimeoutInMillis: timeoutMs }),
            Uri: {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  ':apigateway:',
                  { Ref: 'AWS::Region' },
                  ':lambda:path/2015-03-31/functions/',
                  { 'Fn::GetAtt': [target, 'Arn'] },
                  `/${ending}`,
                ],
              ],
            },
          },
        },
      };
    }
  }
  return resources;
}
