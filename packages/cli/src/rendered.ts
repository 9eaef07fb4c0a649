import { type Tape, ValueError } from "@nabla/autodiff";
import { type Diagram, type NetworkDiagram, type ThemeName, describe, toDot, toHtml, toJson, toPng, toSvg, toText } from "@nabla/viz";
import { choices } from "./network-options.ts";

/** What can be read in a terminal or a pipe. */
type TextFormat = "dot" | "txt" | "json" | "svg" | "html";
type Format = TextFormat | "png";
export const textFormats: readonly TextFormat[] = ["dot", "txt", "json", "svg", "html"];
const formats: readonly Format[] = [...textFormats, "png"];

/**
 * The format of a file by its extension, or of standard output by its name. Throws ValueError for one that does not exist, or for a file and a
 * name that differ.
 */
export function formatOf(output: string | undefined, chosen: string | undefined): Format {
  const named = (word: string, known: readonly Format[], refusal: string): Format => {
    const format = known.find((each) => each === word);
    if (format === undefined) throw new ValueError(refusal);
    return format;
  };
  if (output === undefined) return named(chosen ?? "dot", textFormats, `--format ${chosen}: ${choices(chosen ?? "", textFormats)}`);
  const endings = formats.map((each) => `.${each}`).join(", ");
  const written = named((/\.([^./\\]+)$/.exec(output)?.[1] ?? "").toLowerCase(), formats, `--output ${output}: the file must end in ${endings}`);
  if (chosen !== undefined && chosen !== written)
    throw new ValueError(`--format ${chosen}: the file of --output is ${written} by its ending; leave --format out`);
  return written;
}

/** A picture with the recording that it shows, where there is one. */
export interface Drawn {
  readonly picture: Diagram | NetworkDiagram;
  readonly tape?: Tape;
}

/** How a picture looks. Without a theme it is light, and a page follows the system. */
export interface Look {
  readonly theme: ThemeName | undefined;
  readonly direction: "LR" | "TB";
}

/** A picture in a format. */
export async function rendered({ picture, tape }: Drawn, format: Format, { theme, direction }: Look): Promise<string | Uint8Array> {
  const options = { theme: theme ?? "light", direction } as const;
  switch (format) {
    case "dot":
      return toDot(picture, options);
    case "txt":
      return toText(picture);
    case "json":
      return toJson(picture);
    case "svg":
      return toSvg(toDot(picture, options), describe(picture));
    case "png":
      return toPng(await toSvg(toDot(picture, options), describe(picture)));
    case "html":
      return toHtml(picture, { direction, ...(tape !== undefined && { tape }), ...(theme !== undefined && { theme }) });
    default:
      return format satisfies never;
  }
}
