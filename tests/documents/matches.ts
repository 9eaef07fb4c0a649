type Token = { readonly text: string; readonly number: boolean };

const numeral = /(?<![\w.])-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity|NaN)(?![\w])/;

/**
 * Whether a text that a program gave is the text that a document promises. Spaces and quotation marks do not matter; numbers agree in the
 * digits that are written (`0.4621` is any number that rounds to it; a whole number is exact); `…` stands for anything.
 */
export function matches(got: string, promised: string): boolean {
  return matchTokens(tokens(got), tokens(promised));
}

/** Numbers, words, single signs, and `…`. */
function tokens(text: string): readonly Token[] {
  const plain = text
    .replaceAll(/\b(?:Big)?(?:Float|Int|Uint)\w*Array\(\d+\) /g, "")
    .replaceAll(/['`]/g, '"')
    .replaceAll("...", "…")
    .replaceAll("−", "-");
  return [...plain.matchAll(new RegExp(`(${numeral.source})|\\w+|[^\\s\\w]`, "gu"))].map(([piece, number]) => ({ text: piece, number: number !== undefined }));
}

function matchTokens(got: readonly Token[], promised: readonly Token[]): boolean {
  const [wanted, ...others] = promised;
  if (wanted === undefined) return got.length === 0;
  if (wanted.text === "…") return Array.from({ length: got.length + 1 }, (_, skipped) => got.slice(skipped)).some((rest) => matchTokens(rest, others));
  const [found, ...rest] = got;
  if (found === undefined) return false;
  const same = found.text === wanted.text || (found.number && wanted.number && sameDigits(found.text, wanted.text, others[0]?.text === "…"));
  return same && matchTokens(rest, others);
}

function sameDigits(got: string, promised: string, cutShort: boolean): boolean {
  if (Object.is(Number(got), Number(promised))) return true;
  if (cutShort && got.startsWith(promised)) return true;
  const [, fraction = "", exponent = ""] = /^-?\d+(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(promised) ?? [];
  if (fraction === "" && exponent === "") return false;
  const unit = 10 ** (Number(exponent) - fraction.length);
  return Math.abs(Number(got) - Number(promised)) <= 0.5 * unit * (1 + 1e-9);
}
