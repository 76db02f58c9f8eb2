import { EXECUTED_RESOURCES } from './executed-resources.ts';
import { INERT_RESOURCES } from './inert-resources.ts';

const INTRO = `# What the local cloud runs of the template

\`npm start\` executes the synthesized CloudFormation template: what runs locally is what is deployed.
This page is generated from the lists in \`localstack/template\` (\`node localstack/template/write-support.ts\`).
Everything that is not on it stops the start with an error that names the resource, its type, the property and the file.

Intrinsic functions: \`Ref\`, \`Fn::GetAtt\`, \`Fn::Join\`, \`Fn::Sub\`, \`Fn::Select\`, \`Fn::Split\`, with the pseudo parameters
\`AWS::AccountId\`, \`AWS::NoValue\`, \`AWS::Partition\`, \`AWS::Region\`, \`AWS::StackId\`, \`AWS::StackName\` and \`AWS::URLSuffix\`.
Outputs, parameters and rules of the template are not looked at.

Known differences from AWS: retries of asynchronous invocations come after seconds instead of minutes, and events that wait
for one end with the process; invocations over a function's concurrency wait instead of being throttled (streaming ones are
throttled); a streaming function is ended soon after its client has gone, where AWS lets it run to its time-out; an event
put on a bus that does not exist is refused, where AWS drops it; worker threads are not frozen between invocations.

CloudWatch Logs answers GetLogEvents only, from the files in the tasks' sandboxes: at once (AWS: after seconds), with empty
lines (the awslogs driver drops them) and the ends of lines, all with the time when the file was made. stderr is no part of
the container's stream \`<prefix>/<container>/<ECS task id>\`, as it is on AWS, but a stream of its own: the same name with \`/stderr\`.`;

/** `docs/local-cloud.md`, from the lists that the checks use. */
export function renderSupport(): string {
  const executed = EXECUTED_RESOURCES.map(({ type, executed: properties, noEffect }) =>
    [
      `### ${type}`,
      '',
      '| property | what it does here |',
      '|---|---|',
      ...rows(properties),
      ...rows(noEffect, 'no effect: '),
    ].join('\n'),
  );
  const inert = [
    '| resource type | reason |',
    '|---|---|',
    ...INERT_RESOURCES.map((each) => row(each.type, each.reason)),
  ];
  return [
    INTRO,
    '## Executed',
    ...executed,
    '## No effect here',
    'Their properties are not looked at; other resources may refer to them.',
    inert.join('\n'),
  ]
    .join('\n\n')
    .concat('\n');
}

function rows(properties: Readonly<Record<string, string>>, prefix = ''): readonly string[] {
  return Object.entries(properties).map(([property, text]) => row(property, `${prefix}${text}`));
}

function row(name: string, text: string): string {
  return `| \`${name}\` | ${text.replaceAll('|', '\\|')} |`;
}
