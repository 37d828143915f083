/** Something to be drawn. It ends, in whatever way, when its signal is aborted. */
export interface Work {
  /** Small and waited for: it goes before what is not, even between two frames of it. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  /** Does not reject: what goes wrong is the work's own to tell. */
  run(): Promise<void>;
}

/** One piece of work at a time. */
export class WorkQueue<T extends Work> {
  private readonly urgent: T[] = [];
  private readonly patient: T[] = [];
  /** What is being drawn, the innermost first. */
  private readonly running: T[] = [];
  private pumping = false;
  private givingWay: Promise<void> | undefined;

  constructor(private readonly changed: () => void) {}

  /** In the order of their turns; the first is being drawn. Cancelled work is left out. */
  get entries(): readonly T[] {
    return [...this.running, ...this.urgent, ...this.patient].filter(({ signal }) => !signal.aborted);
  }

  add(work: T): void {
    (work.urgent ? this.urgent : this.patient).push(work);
    this.changed();
    void this.pump();
  }

  /** For patient work, between two frames: what is urgent is done first. Gives whether anything was. */
  async giveWay(): Promise<boolean> {
    if (this.urgent.length === 0) return false;
    this.givingWay = this.drain(() => this.urgent.shift());
    await this.givingWay;
    return true;
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    await this.drain(() => this.urgent.shift() ?? this.patient.shift());
    this.pumping = false;
  }

  private async drain(next: () => T | undefined): Promise<void> {
    for (let work = next(); work; work = next()) {
      this.running.unshift(work);
      if (!work.signal.aborted) {
        this.changed();
        await work.run();
      }
      // Work that was cancelled while it gave way has ended before those it gave way to.
      if (!work.urgent) await this.givingWay;
      this.running.splice(this.running.indexOf(work), 1);
      this.changed();
    }
  }
}
