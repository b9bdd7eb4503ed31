/**
 * Back-pressure in a flow: follows a message by its _msgid and tells when every node that it reached is done with
 * it, so that a source sends the next picture only when the flow can take it. Built on Node-RED's messaging hooks.
 */
import type { NodeAPI, NodeMessage } from 'node-red';
import { sharePixels } from './pixels';

interface FlowNode {
  readonly id: string;
  readonly type?: string;
  readonly name?: string;
  /** Node-RED's own count of the node's input handlers that take done(), from its Node.js. */
  readonly _expectedDoneCount?: number;
}

/** Of preDeliver and postReceive, which have a destination, and of onComplete, which has a node. */
interface HookEvent {
  readonly msg?: { readonly _msgid?: string };
  readonly destination?: { readonly node?: FlowNode };
  readonly node?: { readonly node?: FlowNode };
}

interface Tracked {
  /** Deliveries that no node has said to be done with, by the node's id. */
  readonly pending: Map<string, { readonly node: FlowNode; count: number }>;
  /** While the source is sending, so that deliveries meanwhile do not finish it early. */
  sending: boolean;
  /** A node that gathers messages has it. */
  gathered: boolean;
  lastActivity: number;
  readonly finish: () => void;
}

/** These are done with a message when its whole group is there, which may need all that the source still has to send. */
const GATHERING: ReadonlySet<string | undefined> = new Set(['join', 'batch', 'sort', 'split']);
/** These wait for others to be done, and do not tell for whom. */
const WAITING_FOR_OTHERS: ReadonlySet<string | undefined> = new Set(['link call']);

/** A node that never calls done() would hold a source for ever; after this long without activity it goes on. */
const STALLED_MS = 60_000;
/** So long where a node has kept an earlier message for longer than that, and still has it. */
const STALLED_AGAIN_MS = 1_000;
const CHECK_MS = 500;

export class FlowCompletion {
  private readonly tracked = new Map<string, Tracked>();
  /** Ids of nodes that the flow has stalled at, until they say that they are done with something. */
  private readonly keepers = new Set<string>();
  private readonly label: string;
  private readonly timer: NodeJS.Timeout;

  /** @param stalled hears of each node, by its name or type, that has kept a message for a minute */
  constructor(
    private readonly RED: NodeAPI,
    nodeId: string,
    private readonly stalled?: (node: string) => void,
  ) {
    this.label = `arcflow-${nodeId}`;
    const add = RED.hooks.add.bind(RED.hooks) as (name: string, handler: (event: HookEvent) => void) => void;
    add(`preDeliver.${this.label}`, ({ msg, destination }) => this.delivered(msg?._msgid, destination?.node));
    add(`postReceive.${this.label}`, ({ msg, destination }) => this.received(msg?._msgid, destination?.node));
    add(`onComplete.${this.label}`, ({ msg, node }) => this.completed(msg?._msgid, node?.node));
    this.timer = setInterval(() => this.releaseStalled(), CHECK_MS);
    this.timer.unref();
  }

  /** Sends the message and resolves when the flow has finished with it; at once when nothing is wired. */
  async send(message: NodeMessage, send: (message: NodeMessage) => void): Promise<void> {
    const id = (message._msgid ??= this.RED.util.generateId());
    try {
      await new Promise<void>((finish) => {
        const entry: Tracked = {
          pending: new Map(),
          sending: true,
          gathered: false,
          lastActivity: Date.now(),
          finish,
        };
        this.tracked.set(id, entry);
        sharePixels(message);
        send(message);
        entry.sending = false;
        finishWhenDone(entry);
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

  private delivered(id: string | undefined, node: FlowNode | undefined): void {
    const entry = this.entryOf(id);
    // A node in the style of before Node-RED 1.0 never tells when it is done: it is taken to be done at once.
    if (!entry || !node || node._expectedDoneCount === 0) return;
    const pending = entry.pending.get(node.id);
    if (pending) pending.count++;
    else entry.pending.set(node.id, { node, count: 1 });
  }

  /** A node that gathers has taken the message in; what it sends on at once is on its way by then. */
  private received(id: string | undefined, node: FlowNode | undefined): void {
    if (!node || !GATHERING.has(node.type) || !this.entryOf(id)) return;
    setImmediate(() => {
      const entry = this.entryOf(id);
      if (!entry) return;
      entry.gathered = true;
      settle(entry, node);
    });
  }

  private completed(id: string | undefined, node: FlowNode | undefined): void {
    if (!node) return;
    this.keepers.delete(node.id);
    const entry = this.entryOf(id);
    if (entry) settle(entry, node);
  }

  private entryOf(id: string | undefined): Tracked | undefined {
    const entry = id === undefined ? undefined : this.tracked.get(id);
    if (entry) entry.lastActivity = Date.now();
    return entry;
  }

  private releaseStalled(): void {
    for (const { lastActivity, pending, finish } of this.tracked.values()) {
      const nodes = [...pending.values()].map(({ node }) => node);
      const knownToKeep = nodes.every(({ id }) => this.keepers.has(id));
      if (Date.now() - lastActivity <= (knownToKeep ? STALLED_AGAIN_MS : STALLED_MS)) continue;
      for (const { id, name, type } of nodes) {
        if (!this.keepers.has(id)) this.stalled?.(name || type || id);
        this.keepers.add(id);
      }
      finish();
    }
  }
}

function settle(entry: Tracked, { id }: FlowNode): void {
  const pending = entry.pending.get(id);
  if (pending && --pending.count === 0) entry.pending.delete(id);
  finishWhenDone(entry);
}

function finishWhenDone({ pending, sending, gathered, finish }: Tracked): void {
  const holds = ({ node }: { readonly node: FlowNode }): boolean =>
    !(gathered && WAITING_FOR_OTHERS.has(node.type));
  if (!sending && ![...pending.values()].some(holds)) finish();
}
