/**
 * What a closed node leaves to its successor. A deploy closes a node and makes a new one with the same id: that one
 * goes on where the old one stopped, so that nobody leaves and arrives at each deploy. Node-RED stops a node together
 * with those behind it, so nothing can be sent while closing; where no successor comes (deleted, disabled), `left` is
 * brought to the nodes that the old one was wired to, once the flows run again.
 */
import type { Node, NodeAPI } from 'node-red';
import { messageOf } from '../../lib/core/errors';
import type { FaceEvent } from '../../lib/tracking/event-machine';
import { FaceWatch } from '../../lib/tracking/face-watch';
import { isRecord } from '../../lib/core/validate';
import { toMessage } from './announcer';
import { PresenceFile, presenceFolder, sweep } from './presence-file';

export interface Estate {
  readonly watch: FaceWatch;
  /** Raised and not yet sent. */
  readonly unsent: readonly FaceEvent[];
  /** Ids of the nodes that events went to. */
  readonly heirs: readonly string[];
}

/** After a start the nodes behind connect to their brokers; what they get before is lost, ms. */
const CONNECT_MS = 5000;

export class Succession {
  private readonly estates = new Map<string, Estate>();
  private readonly waiting = new Set<{ readonly started: () => void }>();
  private timer: NodeJS.Timeout | undefined;
  private listening = false;
  private swept = false;

  constructor(private readonly RED: NodeAPI) {}

  /** The file of a node; undefined where there is no user directory. */
  fileOf(nodeId: string): PresenceFile | undefined {
    const { folder } = this;
    return folder === undefined ? undefined : new PresenceFile(folder, nodeId);
  }

  /** What the former node with this id has left. */
  take(nodeId: string): Estate | undefined {
    const estate = this.estates.get(nodeId);
    this.estates.delete(nodeId);
    return estate;
  }

  leave(nodeId: string, estate: Estate): void {
    // Whether a successor comes is known after the next start only.
    clearTimeout(this.timer);
    this.estates.set(nodeId, estate);
    this.listen();
  }

  /**
   * Calls back as soon as every node is there to receive.
   * @returns what calls it off, and when the nodes behind have had time to connect: a broker's node loses what comes before
   */
  onceStarted(begin: () => void): { callOff(): void; readonly settled: Promise<void> } {
    let timer: NodeJS.Timeout | undefined;
    const starting: { started: () => void } = { started: begin };
    const settled = new Promise<void>((resolve) => {
      starting.started = () => {
        timer = setTimeout(resolve, CONNECT_MS).unref();
        begin();
      };
    });
    this.waiting.add(starting);
    this.listen();
    const callOff = (): void => {
      this.waiting.delete(starting);
      clearTimeout(timer);
    };
    return { callOff, settled };
  }

  private get folder(): string | undefined {
    const { userDir } = this.RED.settings;
    return userDir === undefined ? undefined : presenceFolder(userDir);
  }

  private listen(): void {
    if (!this.listening) this.RED.events.once('flows:started', this.settle);
    this.listening = true;
  }

  private readonly settle = (event: unknown): void => {
    this.listening = false;
    this.sweepOnce(event);
    for (const [nodeId, estate] of this.estates) {
      if (this.RED.nodes.getNode(nodeId) as object | null) this.estates.delete(nodeId);
      else if (!isConfigured(event, nodeId) && this.heirsOf(estate).length === 0) {
        // Deleted together with those behind it: nobody is told, and one of that id that comes later begins anew.
        this.estates.delete(nodeId);
        this.fileOf(nodeId)?.remove();
      }
    }
    clearTimeout(this.timer);
    if (this.estates.size > 0) this.timer = setTimeout(() => this.execute(event), CONNECT_MS).unref();
    const starting = [...this.waiting];
    this.waiting.clear();
    for (const { started } of starting) started();
  };

  /** Sees to what was left by nodes that have not come back. */
  private execute(event: unknown): void {
    const left = [...this.estates];
    this.estates.clear();
    for (const [nodeId, estate] of left) {
      if (this.tell(estate) || !isConfigured(event, nodeId)) this.fileOf(nodeId)?.remove();
      else this.keep(nodeId, estate);
    }
  }

  /** At the first start of the flows: files of nodes that were deleted while Node-RED was down. */
  private sweepOnce(event: unknown): void {
    const { folder } = this;
    if (this.swept || folder === undefined) return;
    this.swept = true;
    try {
      sweep(folder, (nodeId) => isConfigured(event, nodeId));
    } catch (error) {
      this.RED.log.warn(messageOf(error));
    }
  }

  /** Brings `left` to whoever is still there; false where nobody is. */
  private tell(estate: Estate): boolean {
    const alive = this.heirsOf(estate);
    if (alive.length === 0) return false;
    for (const event of [...estate.unsent, ...estate.watch.reset()])
      for (const node of alive) node.receive(toMessage(event));
    return true;
  }

  private heirsOf({ heirs }: Estate): Node[] {
    return heirs.flatMap((id) => (this.RED.nodes.getNode(id) as Node | null) ?? []);
  }

  /** A disabled node may come back; until then it remembers who was there, and no face. */
  private keep(nodeId: string, { watch, unsent, heirs }: Estate): void {
    const bare = new FaceWatch();
    bare.resume(
      watch.handOver().map((presence) => ({ ...presence, stays: presence.stays.map(withoutPicture) })),
    );
    this.leave(nodeId, { watch: bare, unsent: unsent.map((event) => ({ ...event, best: null })), heirs });
  }
}

function withoutPicture<T extends object>(stay: T): T & { readonly best: undefined } {
  return { ...stay, best: undefined };
}

/** Whether the flows that were started have a node with an id, disabled or not; one in a subflow has its instance's id before its own. */
function isConfigured(event: unknown, nodeId: string): boolean {
  const config = isRecord(event) ? event['config'] : undefined;
  const flows = isRecord(config) ? config['flows'] : undefined;
  // Where Node-RED does not tell, nothing is given up.
  if (!Array.isArray(flows)) return true;
  return flows.some(
    (node: unknown) =>
      isRecord(node) &&
      typeof node['id'] === 'string' &&
      (node['id'] === nodeId || nodeId.endsWith(`-${node['id']}`)),
  );
}
