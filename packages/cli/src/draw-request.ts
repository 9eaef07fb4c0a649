import { type Tape, ValueError } from "@nabla/autodiff";
import { type GraphPicture, fromTape } from "@nabla/viz";
import { type NetworkOptions, choices } from "./network-options.ts";
import { type Drawn } from "./rendered.ts";

/** What `nabla draw` is asked for. */
export interface DrawOptions extends Omit<NetworkOptions, "network"> {
  readonly network?: string;
  readonly input?: readonly string[];
  readonly value?: readonly string[];
  readonly wrt?: string;
  readonly sample?: string;
  readonly target?: string;
  readonly paths?: string;
  readonly backward?: boolean;
  readonly fold?: string;
  readonly open?: readonly string[];
  readonly values: boolean;
  readonly theme?: string;
  readonly direction: string;
  readonly title?: string;
  readonly format?: string;
  readonly output?: string;
}

/** How the picture of a graph is asked for. */
export function graphPicture({ fold, open, values: shown, title }: DrawOptions): GraphPicture {
  return {
    ...(fold !== undefined && { fold: oneOf("--fold", fold, { named: "named", none: "none", groups: "groups" } as const) }),
    ...(open !== undefined && { open }),
    ...(!shown && { values: false }),
    ...(title !== undefined && { title }),
  };
}

/** A recording as a picture that its page can walk through. */
export const recorded = (tape: Tape, picture: GraphPicture): Drawn => ({ picture: fromTape(tape, picture), tape });

/** What a word of an option stands for. Throws ValueError for others, naming those that there are. */
export function oneOf<T>(option: string, word: string, known: Readonly<Record<string, T>>): T {
  const choice = Object.hasOwn(known, word) ? known[word] : undefined;
  if (choice === undefined) throw new ValueError(`${option} ${word}: ${choices(word, Object.keys(known))}`);
  return choice;
}
