/** lib/rooms.json as a picture: who may import whom. The linter holds the code to the same file. */
import ROOMS from '../../lib/rooms.json';

type Rooms = Readonly<Record<string, readonly string[]>>;

/** Every room knows it: left out of all lines but its own. */
const BOTTOM = 'core';

export function roomsPicture(rooms: Rooms = ROOMS): string {
  const level = levels(rooms);
  const byLevel = (a: string, b: string): number => level(b) - level(a);
  const widest = Math.max(...Object.keys(rooms).map(({ length }) => length));
  const names = Object.keys(rooms).sort(byLevel);
  const lines = names.map((room) => {
    const known = rooms[room]!.filter((other) => other !== BOTTOM).sort(byLevel);
    const arrow = `${room} ${'─'.repeat(widest - room.length)}──▶ `;
    return room === BOTTOM ? room : arrow + (known.length === 0 ? BOTTOM : known.join(', '));
  });
  return ['```', ...lines, '```'].join('\n');
}

/** How far a room stands above the bottom. */
function levels(rooms: Rooms): (room: string) => number {
  const level = (room: string): number => 1 + Math.max(-1, ...rooms[room]!.map(level));
  return level;
}
