import { colour, markup } from "../escape.ts";
import { type Theme, type ThemeName, dark, light } from "../theme.ts";
import { script, style } from "./assets.ts";

/** The colours of a page by day and by night. */
export interface Look {
  readonly day: Theme;
  readonly night: Theme;
  /** Which of them it starts with; without one it follows the system's choice. */
  readonly start: ThemeName | undefined;
}

/** The look that a theme asks for: those of this package can be switched, others are kept by day and by night. */
export function lookOf(theme: Theme | ThemeName | undefined): Look {
  const start = theme === undefined || theme === "light" || theme === "dark" ? theme : theme === light ? "light" : theme === dark ? "dark" : undefined;
  return typeof theme === "object" && start === undefined ? { day: theme, night: theme, start } : { day: light, night: dark, start };
}

/** What a whole document is made of. */
export interface Shell {
  readonly title: string;
  readonly look: Look;
  readonly bodyClass: string;
  readonly body: string;
  /** Rules beside those of every page. */
  readonly extraStyle?: string;
  readonly scripted: boolean;
}

/** Where a focus is seen against both themes. */
const focus = "light-dark(#0057B8,#7CC4FF)";

/** A document that loads nothing: one style and one script, each allowed by its hash. */
export async function documentOf({ title, look: { day, night, start }, bodyClass, body, extraStyle = "", scripted }: Shell): Promise<string> {
  const rules = `${variables(day, night)}\n${extraStyle}${style}`;
  const scripts = scripted ? ` script-src ${await hash(script)};` : "";
  const policy = `default-src 'none'; style-src ${await hash(rules)};${scripts} base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en"${start === undefined ? "" : ` data-theme="${start}"`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${markup(title)}</title>
<style>${rules}</style>
</head>
<body class="${bodyClass}">
${body}
${scripted ? `<script>${script}</script>\n` : ""}</body>
</html>
`;
}

function variables(day: Theme, night: Theme): string {
  const names = ["page", "cell", "ink", "muted", "faint", "grid", "good", "bad", "backward", "positive", "negative"] as const;
  return `:root{${names.map((each) => `--${each}:light-dark(${colour(day[each])},${colour(night[each])})`).join(";")};--focus:${focus}}`;
}

/** What is needed of the Web Cryptography that Node and browsers share. */
interface Digests {
  readonly crypto: { readonly subtle: { digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer> } };
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
  btoa(text: string): string;
}

async function hash(text: string): Promise<string> {
  const { crypto, TextEncoder, btoa } = globalThis as unknown as Digests;
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `'sha256-${btoa(String.fromCharCode(...bytes))}'`;
}
