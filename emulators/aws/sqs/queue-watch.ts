/** Tells pollers that something happened to a queue, so that they need not ask all the time. */
export class QueueWatch {
  private readonly listeners = new Map<string, Set<() => void>>();

  /** Calls `listener` whenever the queue was touched. Returns what ends that. */
  watch(queueName: string, listener: () => void): () => void {
    const listeners = this.listeners.get(queueName) ?? new Set();
    this.listeners.set(queueName, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Says that a message was sent to a queue, or became visible in it. */
  touched(queueName: string): void {
    for (const listener of this.listeners.get(queueName) ?? []) listener();
  }
}
