const symbols: Readonly<Record<string, string>> = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", Delta: "Δ", eta: "η", lambda: "λ", mu: "μ", sigma: "σ", Sigma: "Σ", pi: "π", theta: "θ", varepsilon: "ε",
  partial: "∂", nabla: "∇", sum: "Σ", prod: "Π", odot: "⊙", circ: "∘", cdot: "·", times: "×", cdots: "…", dots: "…", ldots: "…", vdots: "⋮", to: "→", leftarrow: "←",
  rightarrow: "→", mapsto: "↦", Rightarrow: "⇒", in: "∈", le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠", approx: "≈", sim: "~", propto: "∝", infty: "∞", pm: "±",
  top: "ᵀ", prime: "′", quad: "  ", qquad: "  ", mid: "|", vert: "|", Vert: "‖", lVert: "‖", rVert: "‖", lvert: "|", rvert: "|",
}; // prettier-ignore

/** Commands that only dress what follows, or size a bracket. */
const dress =
  /\\(?:mathbf|mathrm|mathsf|mathcal|mathit|boldsymbol|operatorname|text|textbf|textit|vec|hat|bar|left|right|bigl|bigr|big|Big|displaystyle|textstyle|limits)(?![a-zA-Z])\s*/g;
const group = String.raw`\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}`;
const fraction = new RegExp(String.raw`\\[td]?frac\s*${group}\s*${group}`);

/** What stands above or below the line of a fraction, in brackets where it is more than one factor. */
const factor = (text: string): string => (/^[∂∇Δ]?[^\s+\-,=/·0-9]+$|^\d+$/.test(text.trim()) ? text.trim() : `(${text.trim()})`);

/** An index or an exponent, in brackets where it is more than one sign or two letters. */
const script = (where: string, inside: string): string =>
  where === "^" && inside.trim() === "T" ? "ᵀ" : /^\(.*\)$|^[^\s,+\-=/]{1,2}$/.test(inside) ? `${where}${inside}` : `${where}(${inside})`;

/** A LaTeX formula in characters, for a terminal: fractions with a slash, Greek letters, no commands. It is for reading, not for computing. */
export function plainText(latex: string): string {
  let text = latex
    .replaceAll(/\\[td]?frac\s*(\d)\s*(\d)/g, "$1/$2")
    .replaceAll(/\\(?:begin|end)\s*\{[a-z*]+\}/g, " ")
    .replaceAll(dress, "")
    .replaceAll("\\\\", "; ")
    .replaceAll(/\\(partial|nabla|Delta)\s*/g, (_, word: string) => symbols[word] ?? word)
    .replaceAll(/\\(?![td]?frac)([a-zA-Z]+)/g, (_, word: string) => symbols[word] ?? word)
    .replaceAll(/\\[,;:! ]/g, " ")
    .replaceAll("\\|", "‖")
    .replaceAll("&", " ")
    .replaceAll(/\\([{}])/g, (_, brace: string) => (brace === "{" ? "⦃" : "⦄"));
  for (let found = fraction.exec(text); found !== null; found = fraction.exec(text)) {
    const [whole, above = "", below = ""] = found;
    text = text.replace(whole, () => `${factor(above)}/${factor(below)} `);
  }
  return text
    .replaceAll(/([_^])\s*\{([^{}]*)\}/g, (_, where: string, inside: string) => script(where, inside))
    .replaceAll(/[{}]/g, "")
    .replaceAll("⦃", "{")
    .replaceAll("⦄", "}")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ([,;)])/g, "$1")
    .trim();
}
