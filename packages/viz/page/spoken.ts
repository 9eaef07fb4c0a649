import { all } from "./document.ts";

/** A step as it is read aloud: where it stands, its rule, and its numbers. */
export const told = (step: HTMLElement): string => {
  const way = step.querySelector(".way")?.textContent ?? "";
  const rules = all("h2, .rule", step).map(({ textContent }) => textContent ?? "");
  const result = step.querySelector(".result > .m, .result > b");
  return [way, ...rules, result?.getAttribute("aria-label") ?? result?.textContent ?? ""].filter((part) => part !== "").join(": ");
};
