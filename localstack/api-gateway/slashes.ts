/** What a gateway may do with slashes in a path; nobody has seen yet which of them AWS's does in each place. */
export const SLASH_MODES = ['kept', 'collapsed', 'decoded'] as const;

export type SlashMode = (typeof SLASH_MODES)[number];

/**
 * The path as a gateway of that mode hands it on. `kept`: as sent. `collapsed`: doubled slashes become one. `decoded`:
 * percent escapes are decoded, `%2F` too; a path with an escape that means nothing stays as it is.
 */
export function treatSlashes(path: string, mode: SlashMode): string {
  switch (mode) {
    case 'kept':
      return path;
    case 'collapsed':
      return path.replaceAll(/\/{2,}/g, '/');
    case 'decoded':
      return decode(path);
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
