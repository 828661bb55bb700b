/** How fast one caller may ask: `perSecond` on the whole, `burst` at once. Nobody is limited where `perSecond` is 0. */
export type Rate = { perSecond: number; burst: number };

type Bucket = { left: number; atMs: number };

/** Callers that are told apart at once; beyond, those who have asked least of late are forgotten first. */
const CALLERS_MAX = 50_000;

/** A bucket of tokens for each caller, in this process alone: several gateways give several times as much. */
export class Rates {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    readonly rate: Rate,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** Callers that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token; answers with 0 when there was one, else with the seconds until there is. */
  take(caller: string): number {
    const { perSecond, burst } = this.rate;
    if (perSecond <= 0) return 0;
    const nowMs = this.now();
    const bucket = this.#buckets.get(caller);
    if (bucket === undefined) {
      if (this.#buckets.size >= CALLERS_MAX) this.#forget(nowMs);
      this.#buckets.set(caller, { left: burst - 1, atMs: nowMs });
      return 0;
    }
    bucket.left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = nowMs;
    if (bucket.left < 1) return (1 - bucket.left) / perSecond;
    bucket.left -= 1;
    return 0;
  }

  /** A full bucket says no more than none. Were none full, the older half would go: a flood of addresses must not fill the memory. */
  #forget(nowMs: number): void {
    const { perSecond, burst } = this.rate;
    for (const [caller, { left, atMs }] of this.#buckets)
      if (left + ((nowMs - atMs) / 1000) * perSecond >= burst) this.#buckets.delete(caller);
    for (const caller of this.#buckets.keys()) {
      if (this.#buckets.size < CALLERS_MAX / 2) return;
      this.#buckets.delete(caller);
    }
  }
}
