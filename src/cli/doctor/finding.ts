/** One thing that the doctor looked at. */
export interface DoctorFinding {
  /** kebab-case, stable. */
  readonly name: string;
  /** `ok`: all there. `less`: Pindown runs with less. `bad`: a run would fail. */
  readonly state: 'ok' | 'less' | 'bad';
  readonly found: string;
  /** What that means for a run. */
  readonly means: string;
}
