/** What was started, to be stopped in the opposite order. (AsyncDisposableStack, which Node 20 and 22 do not have.) */
export class Disposables implements AsyncDisposable {
  private readonly steps: (() => PromiseLike<void> | void)[] = [];

  /** Registers a disposable and returns it. */
  use<T extends AsyncDisposable>(disposable: T): T {
    this.defer(() => disposable[Symbol.asyncDispose]());
    return disposable;
  }

  defer(step: () => PromiseLike<void> | void): void {
    this.steps.push(step);
  }

  /** Runs every step, also after one of them failed. @throws the first failure */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
