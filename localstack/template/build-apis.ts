import type { ApiModel, FunctionModel, GatewayResponseModel, IntegrationModel, RouteModel } from './cloud-model.ts';
import type { ExecutableResource, ExecutableTemplate } from './executable-template.ts';
import { API_METHOD, API_RESOURCE, API_STAGE, GATEWAY_RESPONSE, REST_API } from './property-schemas.ts';

/** API Gateway's default, and its ceiling without a request to AWS (aws.md §4.5); streams may run for 15 minutes. */
const DEFAULT_TIMEOUT_MS = 29_000;

/** The REST APIs of a template, each with its one stage. */
export function buildApis(template: ExecutableTemplate, functions: readonly FunctionModel[]): readonly ApiModel[] {
  return template.ofType('AWS::ApiGateway::RestApi').map((resource) => {
    const id = resource.logicalId;
    const stages = template
      .ofType('AWS::ApiGateway::Stage')
      .map((stage) => stage.parse(API_STAGE))
      .filter(({ RestApiId }) => RestApiId === id);
    const [stage] = stages;
    if (stage === undefined || stages.length > 1) {
      throw resource.error('', `it has ${stages.length} stages; the local cloud serves exactly one`);
    }
    const properties = resource.parse(REST_API);
    const minimum = properties.MinimumCompressionSize;
    return {
      id,
      stage: stage.StageName,
      binaryMediaTypes: properties.BinaryMediaTypes,
      ...(minimum === undefined ? {} : { minimumCompressionSize: minimum }),
      routes: buildRoutes(id, template, functions),
      gatewayResponses: template
        .ofType('AWS::ApiGateway::GatewayResponse')
        .filter((response) => response.parse(GATEWAY_RESPONSE).RestApiId === id)
        .map(buildGatewayResponse),
    };
  });
}

function buildRoutes(
  apiId: string,
  template: ExecutableTemplate,
  functions: readonly FunctionModel[],
): readonly RouteModel[] {
  const methods = template
    .ofType('AWS::ApiGateway::Method')
    .filter((method) => method.parse(API_METHOD).RestApiId === apiId);
  const ids = new Set(methods.map((method) => method.parse(API_METHOD).ResourceId));
  return [...ids].map((resourceId) => {
    const own = methods.filter((method) => method.parse(API_METHOD).ResourceId === resourceId);
    return {
      resourceId,
      resourcePath: pathOf(resourceId, template),
      methods: Object.fromEntries(
        own.map((method) => [method.parse(API_METHOD).HttpMethod.toUpperCase(), buildIntegration(method, functions)]),
      ),
    };
  });
}

function pathOf(resourceId: string, template: ExecutableTemplate): string {
  const parts: string[] = [];
  for (let id = resourceId; ; ) {
    const resource = template.ofType('AWS::ApiGateway::Resource').find(({ logicalId }) => logicalId === id);
    if (resource === undefined) return `/${parts.join('/')}`;
    const { ParentId, PathPart } = resource.parse(API_RESOURCE);
    parts.unshift(PathPart);
    id = ParentId;
  }
}

function buildIntegration(method: ExecutableResource, functions: readonly FunctionModel[]): IntegrationModel {
  const { Integration } = method.parse(API_METHOD);
  const target = functions.find(({ arn }) => Integration.Uri.includes(`/functions/${arn}/`));
  if (target === undefined) throw method.error('Integration.Uri', `${Integration.Uri} names no function`);
  const streaming = Integration.ResponseTransferMode === 'STREAM';
  if (streaming !== Integration.Uri.endsWith('/response-streaming-invocations')) {
    throw method.error('Integration.Uri', 'STREAM goes with …/response-streaming-invocations, and nothing else does');
  }
  const timeoutMs = Integration.TimeoutInMillis ?? DEFAULT_TIMEOUT_MS;
  if (!streaming && timeoutMs > DEFAULT_TIMEOUT_MS) {
    const problem = `${timeoutMs}: API Gateway takes 50 to ${DEFAULT_TIMEOUT_MS} ms for an answer that is not streamed`;
    throw method.error('Integration.TimeoutInMillis', problem);
  }
  return { functionName: target.name, timeoutMs, streaming };
}

const VARIABLES = /\$context\.error\.(message|messageString|responseType)\b|\$context\.requestId\b/g;

function buildGatewayResponse(resource: ExecutableResource): GatewayResponseModel {
  const properties = resource.parse(GATEWAY_RESPONSE);
  const template = properties.ResponseTemplates['application/json'];
  const unknown = template?.replaceAll(VARIABLES, '').match(/\$[A-Za-z][\w.]*/)?.[0];
  if (unknown !== undefined) {
    throw resource.error('ResponseTemplates', `the local cloud does not know the variable ${unknown}`);
  }
  const headers = Object.entries(properties.ResponseParameters).map(([name, value]) => {
    const header = /^gatewayresponse\.header\.(.+)$/.exec(name)?.[1];
    const constant = /^'(.*)'$/.exec(value)?.[1];
    if (header !== undefined && constant !== undefined) return [header, constant] as const;
    throw resource.error('ResponseParameters', `${name}: ${value} is not a header with a constant value in quotes`);
  });
  const status = properties.StatusCode;
  return {
    responseType: properties.ResponseType,
    status: status === undefined ? undefined : Number(status),
    headers: Object.fromEntries(headers),
    template,
  };
}
