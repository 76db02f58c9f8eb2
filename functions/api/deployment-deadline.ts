import { type AskedDeadline, DEADLINE_FORM, parseDeadline } from '../../lib/deployment/deadline.ts';
import { illegalArgument } from '../../lib/errors/catalogue.ts';
import type { Answers } from './answers/answer.ts';
import { DEPLOYMENT_ID } from './answers/deployment.ts';
import type { ApiRequest } from './http.ts';

const NAME = 'Stride-Deployment-Deadline';

/** The header that gives a deployment a deadline, for the OpenAPI document. */
export const DEADLINE_HEADER = {
  [NAME]: `What becomes of the deployment when it is not done in time: ${DEADLINE_FORM}.`,
};

/** Of handlers that start deployments. */
export interface Deadlined {
  readonly deadline: AskedDeadline;
}

/** Whether a route starts deployments: it then takes the header, and refuses a bad one. */
export const startsDeployments = (answers: Answers): boolean =>
  Object.values(answers).some(({ headers = {} }) => Object.keys(DEPLOYMENT_ID).every((name) => name in headers));

/** What the header asks for; undefined without one. Throws 422 that names it and its form. */
export function deadlineOf(headers: ApiRequest['headers']): AskedDeadline {
  const text = headers.get(NAME.toLowerCase());
  if (text === undefined) return undefined;
  const deadline = parseDeadline(text);
  if (deadline === undefined) throw illegalArgument(`The header ${NAME} is not of the form ${DEADLINE_FORM}`);
  return deadline;
}
