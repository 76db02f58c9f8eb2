import { CfnOutput, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
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
import { STREAM_TIMEOUT } from './functions.ts';

/** Every URL ends in it: API Gateway keeps `/ping` at the root of custom domains for itself. */
const STAGE = 'marathon';

/** Smaller answers gain nothing by being packed. */
const COMPRESSED_FROM = Size.bytes(1024);
/** What `/v2/artifacts` takes and gives as bytes. */
const BINARY_TYPES = ['application/octet-stream', 'multipart/form-data'];

export interface MarathonApiProps {
  readonly config: StrideConfig;
  readonly api: IFunction;
  readonly stream: IFunction;
}

/** The regional REST API: everything to the api function, but `GET /v2/events`, which streams. */
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

/** `/v2` has its own catch-all, so that paths beside `/v2/events` never depend on a fall-back to the one of the root. */
function addMethods(api: RestApi, props: MarathonApiProps): void {
  const buffered = new LambdaIntegration(props.api, { scopePermissionToMethod: false });
  const streamed = new LambdaIntegration(props.stream, {
    scopePermissionToMethod: false,
    responseTransferMode: ResponseTransferMode.STREAM,
    timeout: STREAM_TIMEOUT,
  });
  const asksLeave = props.config.accessControlAllowOrigin.length > 0;
  const v2 = api.root.addResource('v2');
  const events = v2.addResource('events');
  events.addMethod('GET', streamed);
  for (const resource of [api.root, api.root.addResource('{proxy+}'), v2, v2.addResource('{proxy+}'), events]) {
    resource.addMethod('ANY', buffered);
    // Browsers ask for leave without credentials.
    if (asksLeave) resource.addMethod('OPTIONS', buffered, { authorizationType: AuthorizationType.NONE });
  }
}
