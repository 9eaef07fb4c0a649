import { checkTensor } from "../ops/like.ts";
import { checkArguments, checkFunction } from "../shape.ts";
import { type Tensor } from "../tensor.ts";
import { type Naming, type Style, expression } from "./expression.ts";

const mathematics: Style = {
  operation: (notation, operands, attrs) => notation.latex(operands, attrs),
  name: nameInLatex,
  number: numberInLatex,
  list: (parts) => `\\left[${parts.join(", ")}\\right]`,
  array: (shape) => `\\left[${shape.join(" \\times ")}\\right]`,
  enclosed: (inner) => `\\left(${inner}\\right)`,
  ellipsis: "\\ldots",
};

/**
 * A tensor as a formula in LaTeX, for mathematics mode; see `text`. Indices and Greek letters of names become commands: `W²` is `W^{2}`,
 * `δ` is `\delta`; a name of several letters stands upright, and what LaTeX would read as a command is escaped.
 *
 * Throws ValueError when t is no tensor.
 *
 * @example
 * latex(square(sub(input("a", [2]), input("y", [2])))) // => "\\left(a - y\\right)^{2}"
 */
export function latex(t: Tensor, naming: Naming = (each) => each.name): string {
  checkArguments("latex", 2, arguments);
  checkTensor("latex", t);
  checkFunction("latex", naming, "latex(t, (each) => each.name)");
  return expression(t, mathematics, naming);
}

const superscripts = paired("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᴸˡᵀ", [..."0123456789+-LlT"]);
const subscripts = paired("₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₗₘₙₚ", [..."0123456789+-ijklmnp"]);
const letters = paired(
  "αβγδεζηθκλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ∂·⊙",
  "alpha beta gamma delta varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega partial cdot odot"
    .split(" ")
    .map((command) => `\\${command}`),
);

/** Each character with what stands for it. */
function paired(characters: string, meanings: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...characters].map((character, at) => [character, meanings[at] as string]));
}

/** Runs of index characters as one exponent or index, and the rest of the name between them. */
function nameInLatex(name: string): string {
  const parts = [...name].reduce<{ readonly mark: "" | "^" | "_"; text: string }[]>((found, character) => {
    const mark = superscripts.has(character) ? "^" : subscripts.has(character) ? "_" : "";
    const shown = superscripts.get(character) ?? subscripts.get(character) ?? character;
    const last = found.at(-1);
    if (last !== undefined && last.mark === mark) last.text += shown;
    else found.push({ mark, text: shown });
    return found;
  }, []);
  return parts.map(({ mark, text }) => (mark === "" ? word(text) : `${mark}{${text}}`)).join("");
}

/** One letter in italics, a Greek one by its command, a word upright. */
function word(text: string): string {
  const characters = [...text].map((character) => letters.get(character) ?? escaped(character));
  if (characters.length === 1) return characters.join("");
  return `\\mathrm{${characters.map((shown) => (shown.startsWith("\\") && /[a-z]$/i.test(shown) ? `${shown} ` : shown)).join("")}}`;
}

function escaped(character: string): string {
  if (character === "′") return "'";
  if (character === "\\") return "\\backslash";
  if (character === "^" || character === "~") return `\\${character}{}`;
  return /[#$%&_{}]/.test(character) ? `\\${character}` : character;
}

/** A number in full, powers of ten as such: 1e-5 is 1 · 10^{-5}. */
function numberInLatex(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "\\mathrm{NaN}" : value > 0 ? "\\infty" : "-\\infty";
  const [mantissa, exponent] = String(value).split("e") as [string, string?];
  return exponent === undefined ? mantissa : `${mantissa} \\cdot 10^{${Number(exponent)}}`;
}
