/** A number from 0 to 2^32 - 1 made from a text (FNV-1a): the same for the same text, spread evenly over texts. Not secret. */
export function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}
