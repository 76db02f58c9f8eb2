import { CfnOutput, type Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseTransferMode,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StrideConfig } from '../config.ts';
import { LISTS_TIMEOUT, STREAM_TIMEOUT } from './functions.ts';

/** Every URL ends in it: API Gateway keeps `/ping` at the root of custom domains for itself. */
const STAGE = 'marathon';

/** Smaller answers gain nothing by being packed. */
const COMPRESSED_FROM = Size.bytes(1024);
/** What `/v2/artifacts` takes and gives as bytes. */
const BINARY_TYPES = ['application/octet-stream', 'multipart/form-data'];

/** A body reaches a function with its request around it, in at most 6 MB. */
const TOO_LARGE =
  'The request is larger than the limit of 6291456 bytes (6 MB), headers and escapes included. Send a smaller one, or split it.';

export interface MarathonApiProps {
  readonly config: StrideConfig;
  readonly api: IFunction;
  /** The same API, streaming what it answers. */
  readonly lists: IFunction;
  readonly stream: IFunction;
}

/** The regional REST API: everything to the api function, but lists of any size and `GET /v2/events`, which stream. */
export class MarathonApi extends Construct {
  constructor(scope: Construct, id: string, props: MarathonApiProps) {
    super(scope, id);
    const api = new RestApi(this, 'RestApi', {
      restApiName: `stride-${props.config.scheduler}`,
      description: "Marathon's API",
      endpointTypes: [EndpointType.REGIONAL],
      // The role is a setting of the whole account and region, so it is not ours to overwrite.
      cloudWatchRole: false,
      minCompressionSize: COMPRESSED_FROM,
      binaryMediaTypes: BINARY_TYPES,
      deployOptions: { stageName: STAGE, ...(props.config.apiAccessLogs && this.accessLogs(props.config)) },
      defaultMethodOptions: {
        authorizationType: props.config.apiAuthorization === 'NONE' ? AuthorizationType.NONE : AuthorizationType.IAM,
      },
    });
    addMethods(api, props);
    for (const [id, type] of [
      ['Refused', ResponseType.DEFAULT_4XX],
      ['Failed', ResponseType.DEFAULT_5XX],
    ] as const) {
      api.addGatewayResponse(id, {
        type,
        templates: { 'application/json': '{"message":$context.error.messageString}' },
      });
    }
    // AWS's own text names no limit.
    api.addGatewayResponse('TooLarge', {
      type: ResponseType.REQUEST_TOO_LARGE,
      templates: { 'application/json': JSON.stringify({ message: TOO_LARGE }) },
    });
    // The CDK's own output ends in a slash; Marathon's clients append `/v2/…`.
    api.node.tryRemoveChild('Endpoint');
    const { region, urlSuffix } = Stack.of(this);
    new CfnOutput(this, 'Url', {
      description: "Base URL for Marathon's clients",
      value: `https://${api.restApiId}.execute-api.${region}.${urlSuffix}/${STAGE}`,
    }).overrideLogicalId('ApiUrl');
  }

  private accessLogs(config: StrideConfig) {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return {
      accessLogDestination: new LogGroupLogDestination(logGroup),
      accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
    };
  }
}

/**
 * `/v2`, `/v2/apps` and `/v2/groups` have catch-alls of their own, so that paths beside what streams never depend on a
 * fall-back to the one of the root.
 */
function addMethods(api: RestApi, props: MarathonApiProps): void {
  const buffered = new LambdaIntegration(props.api, { scopePermissionToMethod: false });
  const streamedBy = (handler: IFunction, timeout: Duration): LambdaIntegration =>
    new LambdaIntegration(handler, {
      scopePermissionToMethod: false,
      responseTransferMode: ResponseTransferMode.STREAM,
      timeout,
    });
  const asksLeave = props.config.accessControlAllowOrigin.length > 0;
  const v2 = api.root.addResource('v2');
  const [events, apps, groups] = [v2.addResource('events'), v2.addResource('apps'), v2.addResource('groups')];
  const groupsBelow = groups.addResource('{proxy+}');
  events.addMethod('GET', streamedBy(props.stream, STREAM_TIMEOUT));
  const lists = streamedBy(props.lists, LISTS_TIMEOUT);
  for (const resource of [apps, groups, groupsBelow]) resource.addMethod('GET', lists);
  const catchAlls = [api.root, v2, apps].map((resource) => resource.addResource('{proxy+}'));
  for (const resource of [api.root, v2, events, apps, groups, groupsBelow, ...catchAlls]) {
    resource.addMethod('ANY', buffered);
    // Browsers ask for leave without credentials.
    if (asksLeave) resource.addMethod('OPTIONS', buffered, { authorizationType: AuthorizationType.NONE });
  }
}
