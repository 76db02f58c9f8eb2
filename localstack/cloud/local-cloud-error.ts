/** Why the local cloud cannot start, in words for its user: what, and what to do. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError';
}
