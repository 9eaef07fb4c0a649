/** What each misuse is told, one after the other: the label, then the error's name and message below it, or that it was accepted. */
export function told(misuses: Readonly<Record<string, () => unknown>>): readonly string[] {
  return Object.entries(misuses).map(([label, misuse]) => {
    try {
      misuse();
    } catch (error) {
      return `${label}\n    ${(error as Error).name}: ${(error as Error).message}`;
    }
    return `${label}\n    accepted`;
  });
}
