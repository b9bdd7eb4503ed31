/** Who is there, over a deploy in memory and over a restart in a file. */
import type { FaceEvent, Stay } from '../../lib/tracking/event-machine';
import type { FaceWatch, Presence } from '../../lib/tracking/face-watch';
import type { PresenceFile } from './presence-file';

export class Presences {
  /** @param kept whether to write the file */
  constructor(
    private readonly watch: FaceWatch,
    private readonly file: PresenceFile | undefined,
    private readonly kept: boolean,
  ) {}

  /**
   * Goes on where the node before has stopped, or Node-RED before.
   * @param previous of the node that a deploy has replaced
   * @throws the system's error when there is a file that cannot be read or removed
   */
  resume(previous: FaceWatch | undefined): void {
    if (!this.kept) this.file?.remove();
    if (previous) this.watch.resume(previous.handOver(), previous);
    else if (this.kept) this.watch.resume(this.file?.load() ?? []);
  }

  /**
   * @param unsent events that were raised but have not been, and will not be, sent
   * @throws the system's error
   */
  save(unsent: readonly FaceEvent[] = []): void {
    if (this.kept) this.file?.save(corrected(this.watch.handOver(), unsent));
  }
}

/** What those who receive events believe: who has left unsaid is there, who has arrived unsaid is not. */
function corrected(presences: readonly Presence[], unsent: readonly FaceEvent[]): Presence[] {
  const isUnsaid = (source: string, { person, strangerId }: Stay): boolean =>
    unsent.some(
      (event) =>
        (event.event === 'arrived' || event.event === 'unknown') &&
        event.source === source &&
        event.person === person &&
        event.strangerId === strangerId,
    );
  const said = presences.map((presence) => ({
    ...presence,
    stays: presence.stays.filter((stay) => !isUnsaid(presence.source, stay)),
  }));
  const gone = unsent.filter(({ event }) => event === 'left').map(toPresence);
  return [...said, ...gone];
}

function toPresence({
  source,
  lastTime,
  firstTime,
  person,
  strangerId,
  similarity,
  votes,
}: FaceEvent): Presence {
  const stay = { person, strangerId, similarity, votes, firstTime, lastTime };
  return {
    source,
    last: lastTime,
    gap: undefined,
    stays: [{ ...stay, announced: lastTime, best: undefined }],
    arrivals: [],
  };
}
