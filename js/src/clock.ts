// What time it is at the server: the clock of the browser may be off, and times of runs are told by the server's.

export class Clock {
  /** The time at the server, in seconds since 1970. */
  now(): number {
    return Date.now() / 1000 + this._ahead;
  }

  /** Take what an answer tells: its `Date`, and when it was asked for and came, in milliseconds of the browser. */
  hear(date: string | null, asked: number, came: number): void {
    const told = Date.parse(date ?? '') / 1000;
    // The date has whole seconds, and was written at some moment between the two.
    const least = told - came / 1000;
    const most = told + 1 - asked / 1000;
    if (least <= most) {
      this._ahead = Math.min(Math.max(this._ahead, least), most);
    }
  }

  /** How much the server's clock is ahead, in seconds: the value nearest to the last one that fits the last answer. */
  private _ahead = 0;
}

/** The clock of the server that the page comes from. */
export const serverClock = new Clock();
