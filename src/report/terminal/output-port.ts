/** A place that people read: stdout or stderr, or a test's screen. */
export interface OutputPort {
  write(text: string): void;
  /** Columns and rows of the terminal at this moment; 0 where that is not known. */
  readonly columns: number;
  readonly rows: number;
  readonly isTTY: boolean;
  /** Whether escape sequences for colours are wanted. */
  readonly colour: boolean;
}
