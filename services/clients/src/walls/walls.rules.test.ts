import { expect, test } from '@jest/globals';
import {
  moveWall,
  ROLES_STOOD_FOR,
  WALL_TRANSITIONS,
  type WallAction,
  type WallStatus,
} from './walls.rules.js';

const STATES: WallStatus[] = ['PROPOSED', 'IN_FORCE', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'LIFTED'];

test.each(
  STATES.flatMap((status) =>
    Object.keys(WALL_TRANSITIONS).map((action) => [status, action as WallAction] as const),
  ),
)('a wall that is %s on %s goes where the table says or is refused', (status, action) => {
  const { from, to }: { from: readonly WallStatus[]; to: WallStatus } = WALL_TRANSITIONS[action];
  if (from.includes(status)) expect(moveWall(status, action)).toBe(to);
  else expect(() => moveWall(status, action)).toThrow(expect.objectContaining({ code: 'WALL_STATE' }));
});

test('the head stands for husband, wife, children and parents, for nobody else', () => {
  expect(ROLES_STOOD_FOR).toEqual(['SPOUSE', 'CHILD', 'PARENT']);
});
