/** Where a command writes: the terminal, or a test. */
export interface Terminal {
  print(text: string): void;
  complain(text: string): void;
}
