/** A nominal type: `Brand<string, 'LaunchId'>` is a string that no other string passes for. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** Ends a `switch` over a union: a new member becomes a compile error here instead of a silent gap. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
