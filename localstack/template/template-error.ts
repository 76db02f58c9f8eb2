/** Where in a synthesized template something was found: all of it goes into the error text. */
export interface TemplatePlace {
  /** The template's file, as a path the user can open. */
  readonly file: string;
  readonly logicalId: string;
  readonly type: string;
  /** `RedrivePolicy.maxReceiveCount`; empty for the resource itself. */
  readonly property: string;
}

/** The template asks for something that the local cloud cannot execute: the start stops with this text. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** An error that names file, resource, type and property, then says what is wrong. */
export function templateError(place: TemplatePlace, problem: string): TemplateError {
  const property = place.property === '' ? '' : `, property ${place.property}`;
  return new TemplateError(`${place.file}: resource ${place.logicalId} (${place.type})${property}: ${problem}`);
}
