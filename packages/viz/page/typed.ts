const greek = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega".split(" ");
const signs: Readonly<Record<string, string>> = { "∂": "d", "∇": "nabla", "×": "x", "⊙": "*", "′": "'" };
/** As people type it: no accents, indices on the line, letters by their names, signs from the keyboard. */
export const typed = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .replaceAll(/[α-ω]/g, (letter) => greek[letter.charCodeAt(0) - 0x3b1] ?? letter)
    .replaceAll(/[∂∇×⊙′]/g, (sign) => signs[sign] ?? sign);
