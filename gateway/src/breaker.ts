/** This many failures in a row, and a service is left alone … */
const FAILURES_MAX = 10;
/** … for so long; then one request tries it. */
const OPEN_MS = 1_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

/**
 * Keeps requests from a service that fails anyway: they would hold callers up for their whole timeout. One probe at a time tells
 * whether it is back.
 */
export class Breaker {
  #failures = 0;
  #openedMs = 0;
  #isProbing = false;

  constructor(readonly now: () => number = () => performance.now()) {}

  get state(): BreakerState {
    if (this.#failures < FAILURES_MAX) return 'closed';
    return this.now() - this.#openedMs < OPEN_MS ? 'open' : 'half-open';
  }

  /** Whether a request may go out now. In the half-open state the first to ask is the probe. */
  admits(): boolean {
    const { state } = this;
    if (state === 'closed') return true;
    if (state === 'open' || this.#isProbing) return false;
    this.#isProbing = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isProbing = false;
  }

  failed(): void {
    this.#failures += 1;
    this.#isProbing = false;
    if (this.#failures >= FAILURES_MAX) this.#openedMs = this.now();
  }

  /** The request was given up by its caller: that says nothing about the service. */
  abandoned(): void {
    this.#isProbing = false;
  }
}
