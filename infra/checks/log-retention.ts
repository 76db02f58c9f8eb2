import { type Check, ofType } from './template.ts';

/** Every function writes to a log group of the template, and every log group forgets. */
export const logRetention: Check = (template) => [
  ...ofType(template, 'AWS::Logs::LogGroup')
    .filter(([, { Properties }]) => typeof Properties['RetentionInDays'] !== 'number')
    .map(([id]) => `${id}: log group without retention`),
  ...ofType(template, 'AWS::Lambda::Function')
    .filter(([, { Properties }]) => Properties['LoggingConfig'] === undefined)
    .map(([id]) => `${id}: function without a log group of its own`),
];
