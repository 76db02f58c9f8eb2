import type { Expression, JsonSourceFile } from 'typescript';

/**
 * The line (from 1) at which the value at `path` stands in a JSON text; that of the nearest one above when it is
 * missing. Loads TypeScript's parser on first use only: it is for error messages.
 */
export async function lineOfPath(text: string, path: readonly PropertyKey[]): Promise<number> {
  const { default: ts } = await import('typescript');
  const source: JsonSourceFile = ts.parseJsonText('agents.json', text);
  let node: Expression | undefined = source.statements[0]?.expression;
  let position = node?.getStart(source) ?? 0;
  for (const step of path) {
    if (node === undefined) break;
    if (ts.isArrayLiteralExpression(node)) node = node.elements[Number(step)];
    else if (ts.isObjectLiteralExpression(node)) {
      const property = node.properties.find(
        (each) => each.name !== undefined && ts.isStringLiteral(each.name) && each.name.text === step,
      );
      node = property !== undefined && ts.isPropertyAssignment(property) ? property.initializer : undefined;
    } else node = undefined;
    if (node !== undefined) position = node.getStart(source);
  }
  return source.getLineAndCharacterOfPosition(position).line + 1;
}
