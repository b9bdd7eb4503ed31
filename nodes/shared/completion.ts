/**
 * Back-pressure in a flow: follows a message by its _msgid and tells when every node that it reached is done with
 * it, so that a source sends the next picture only when the flow can take it. Built on Node-RED's messaging hooks.
 */
import type { NodeAPI, NodeMessage } from 'node-red';
import { sharePixels } from './pixels';

interface DeliveryEvent {
  readonly msg?: { readonly _msgid?: string };
  readonly destination?: {
    /** Node-RED's own count of the node's input handlers that take done(), from its Node.js. */
    readonly node?: { readonly _expectedDoneCount?: number };
  };
}

/** A node in the style of before Node-RED 1.0 never tells when it is done: it is taken to be done at once. */
function tellsWhenDone({ destination }: DeliveryEvent): boolean {
  return destination?.node?._expectedDoneCount !== 0;
}

interface Tracked {
  pending: number;
  lastActivity: number;
  readonly finish: () => void;
}

/** A node that never calls done() would hold a source for ever; after this long without activity it goes on. */
const STALLED_MS = 60_000;
const CHECK_MS = 5_000;

export class FlowCompletion {
  private readonly tracked = new Map<string, Tracked>();
  private readonly label: string;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly RED: NodeAPI,
    nodeId: string,
  ) {
    this.label = `arcflow-${nodeId}`;
    const add = RED.hooks.add.bind(RED.hooks) as (
      name: string,
      handler: (event: DeliveryEvent) => void,
    ) => void;
    add(`preDeliver.${this.label}`, (event) => {
      if (tellsWhenDone(event)) this.count(event.msg?._msgid, 1);
    });
    add(`onComplete.${this.label}`, ({ msg }) => this.count(msg?._msgid, -1));
    this.timer = setInterval(() => this.releaseStalled(), CHECK_MS);
    this.timer.unref();
  }

  /** Sends the message and resolves when the flow has finished with it; at once when nothing is wired. */
  async send(message: NodeMessage, send: (message: NodeMessage) => void): Promise<void> {
    const id = (message._msgid ??= this.RED.util.generateId());
    try {
      await new Promise<void>((finish) => {
        // One for this call, so that deliveries during send() do not finish it early.
        this.tracked.set(id, { pending: 1, lastActivity: Date.now(), finish });
        sharePixels(message);
        send(message);
        this.count(id, -1);
      });
    } finally {
      this.tracked.delete(id);
    }
  }

  close(): void {
    clearInterval(this.timer);
    this.RED.hooks.remove(`*.${this.label}`);
    for (const { finish } of this.tracked.values()) finish();
    this.tracked.clear();
  }

  private count(id: string | undefined, change: 1 | -1): void {
    const entry = id === undefined ? undefined : this.tracked.get(id);
    if (!entry) return;
    entry.pending += change;
    entry.lastActivity = Date.now();
    if (entry.pending <= 0) entry.finish();
  }

  private releaseStalled(): void {
    for (const { lastActivity, finish } of this.tracked.values()) {
      if (Date.now() - lastActivity > STALLED_MS) finish();
    }
  }
}
