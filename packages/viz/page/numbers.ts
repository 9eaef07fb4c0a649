import { all } from "./document.ts";

/** Longer blocks are spoken by their size. */
const mostSpoken = 8;
/** Numbers are written as `1,2;3,4`, and shown in rows between brackets. */
export const layOut = (part: ParentNode): void => {
  for (const written of all<HTMLElement>("b.m", part)) {
    const rows = (written.textContent ?? "").split(";").map((row) => row.split(","));
    const [height, width] = [rows.length, rows[0]?.length ?? 0];
    const size = written.dataset["of"];
    const table = document.createElement("table");
    table.className = "m";
    table.setAttribute("role", "img");
    const many = size !== undefined || height * width > mostSpoken;
    table.ariaLabel = many ? `${(size ?? `${height}×${width}`).replace("×", " by ")} numbers` : rows.map((row) => row.join(", ")).join("; ");
    for (const row of rows) {
      const line = table.insertRow();
      for (const each of row) line.insertCell().textContent = each;
    }
    written.replaceWith(table);
    if (size === undefined) continue;
    const hint = document.createElement("small");
    hint.className = "hint";
    hint.textContent = size;
    table.after(hint);
  }
};
