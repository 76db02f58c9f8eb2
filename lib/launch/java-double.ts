/** A number as Java prints a double, for the environment: `1.0`, `0.1`, `1.0E-4`, `1.0E7` (Double.toString). */
export function javaDouble(value: number): string {
  if (value === 0) return '0.0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return withDecimal(String(value));
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${withDecimal(digits)}E${Number(exponent)}`;
}

function withDecimal(text: string): string {
  return text.includes('.') ? text : `${text}.0`;
}
