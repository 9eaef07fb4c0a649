import { type Role } from "./diagram.ts";
import { type Reader, wanted } from "./schema.ts";

/** The colours of one role, and the mark that tells it apart without colour. */
export interface RoleStyle {
  readonly label: string;
  readonly mark: string;
  readonly border: string;
  readonly fill: string;
  readonly width: number;
  readonly dashed: boolean;
}

/** Every colour of a picture. */
export interface Theme {
  readonly page: string;
  /** Behind numbers; differs from the page so that a picture can be recoloured by value. */
  readonly cell: string;
  readonly ink: string;
  readonly muted: string;
  readonly forward: string;
  readonly backward: string;
  /** Behind a gradient, from small to large. */
  readonly tint: readonly [small: string, large: string];
  readonly good: string;
  readonly bad: string;
  readonly roles: Readonly<Record<Role, RoleStyle>>;
  /** Lines of positive and negative weights. */
  readonly positive: string;
  readonly negative: string;
  /** Thin lines of a network whose weights are not given, and frames of groups. */
  readonly faint: string;
  /** Lines of a plot, told apart under the three kinds of colour blindness. */
  readonly series: readonly string[];
  readonly grid: string;
}

/** Name, mark and border of each role, in every theme. */
export const marks = {
  input: { label: "input", mark: "»", width: 1, dashed: false },
  parameter: { label: "parameter (trainable)", mark: "◆", width: 2, dashed: false },
  operation: { label: "operation", mark: "", width: 1, dashed: false },
  prediction: { label: "prediction", mark: "●", width: 1, dashed: false },
  cost: { label: "cost", mark: "★", width: 2, dashed: false },
  constant: { label: "constant", mark: "", width: 1, dashed: true },
  gradient: { label: "backward pass", mark: "∂", width: 1, dashed: false },
} as const;

/** Dark ink on a white page. */
export const light: Theme = {
  page: "#FFFFFF",
  cell: "#FEFEFE",
  ink: "#1B2430",
  muted: "#566170",
  forward: "#3A4452",
  backward: "#970C23",
  tint: ["#FBEAEC", "#F3ADB6"],
  good: "#00735A",
  bad: "#B3261E",
  roles: {
    input: { ...marks.input, border: "#0068A6", fill: "#DCEDF9" },
    parameter: { ...marks.parameter, border: "#9A5200", fill: "#FFEBCB" },
    operation: { ...marks.operation, border: "#566271", fill: "#EEF1F4" },
    prediction: { ...marks.prediction, border: "#007057", fill: "#D6F1E7" },
    cost: { ...marks.cost, border: "#863C7C", fill: "#F5E1F1" },
    constant: { ...marks.constant, border: "#626B77", fill: "#F6F7F8" },
    gradient: { ...marks.gradient, border: "#970C23", fill: "#FBEDEF" },
  },
  positive: "#0068A6",
  negative: "#B0440A",
  faint: "#B4BDC7",
  series: ["#0068A6", "#A35700", "#00735A", "#863C7C"],
  grid: "#E3E7EB",
};

/** Light ink on a dark page. */
export const dark: Theme = {
  page: "#10161D",
  cell: "#131A22",
  ink: "#E8EDF2",
  muted: "#A3AFBC",
  forward: "#B5C0CC",
  backward: "#F98B68",
  tint: ["#35201A", "#662818"],
  good: "#4FCFA8",
  bad: "#FF8A80",
  roles: {
    input: { ...marks.input, border: "#6FBDF0", fill: "#143247" },
    parameter: { ...marks.parameter, border: "#FFE06A", fill: "#3B3110" },
    operation: { ...marks.operation, border: "#9AA7B5", fill: "#27313C" },
    prediction: { ...marks.prediction, border: "#4FCFA8", fill: "#0F3A2E" },
    cost: { ...marks.cost, border: "#DE9BD3", fill: "#3D2138" },
    constant: { ...marks.constant, border: "#96A2AF", fill: "#222A33" },
    gradient: { ...marks.gradient, border: "#F98B68", fill: "#33201B" },
  },
  positive: "#6FBDF0",
  negative: "#FFA05C",
  faint: "#4A5764",
  series: ["#6FBDF0", "#FFE06A", "#4FCFA8", "#DE9BD3"],
  grid: "#2A343F",
};

/** A theme by its name. */
export type ThemeName = "light" | "dark";

const themes: Readonly<Record<ThemeName, Theme>> = { light, dark };
const isName = (value: unknown): value is ThemeName => typeof value === "string" && Object.hasOwn(themes, value);

/** A theme given as an argument, by its name or as its colours. */
export const themeReader: Reader = (value, place) => {
  if (!isName(value) && !isLike(light, value)) throw wanted('"light", "dark", or colours like those of light and dark, which @nabla/viz exports', value, place);
  return value;
};

/** The colours of a theme; `light` when absent. */
export function themeOf(theme: Theme | ThemeName = light): Theme {
  return isName(theme) ? themes[theme] : theme;
}

/** Whether a value has all that a model has, of the same types; a list is as long as it likes. */
function isLike(model: unknown, value: unknown): boolean {
  if (typeof value !== typeof model) return false;
  if (Array.isArray(model)) return Array.isArray(value) && value.length > 0 && value.every((each) => isLike(model[0], each));
  if (typeof model !== "object" || model === null) return true;
  return value !== null && Object.entries(model).every(([key, each]) => isLike(each, (value as Readonly<Record<string, unknown>>)[key]));
}
