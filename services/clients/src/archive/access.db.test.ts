import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  AUDITOR,
  active,
  aFile,
  anAccess,
  anOpenAccess,
  ask,
  decideOn,
  HOUR,
  itemsOf,
  later,
  OFFICER,
  openDesk,
  read,
  run,
  SECOND,
  step,
  stored,
  WATCH,
} from '../../test/archive-desk.js';
import { comeBack } from '../../test/own-events.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
  openDesk(world);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

describe('access to a file', () => {
  test('is asked for by one, allowed by another, open for its hours, and each reading is written down', async () => {
    const { id } = await aFile();
    const access = await anOpenAccess(AUDITOR, id);
    expect(access.closesAt).toMatch(/^2026-03-02T10:00:00/);
    const [identity] = (await itemsOf(id)).filter(({ what }) => what === 'client.activated');
    const reading = await read(AUDITOR, access.id, identity!.id);
    expect(reading.codes).toEqual([]);
    expect(reading.data.readArchiveItem).toMatchObject({
      isIntact: true,
      client: { status: 'ACTIVE', individual: { name: '王小明' } },
    });
    const [row] = await stored(
      'select item_id, reader_id, role, format from archive_read where access_id = $1',
      access.id,
    );
    expect(row).toEqual({ item_id: identity!.id, reader_id: AUDITOR.id, role: 'AUDITOR', format: 'SCREEN' });
    const told = (await world.events()).filter(({ type }) => type.startsWith('archive.'));
    expect(told.map(({ type, key, data }) => [type, key, data['role'], data['requestId']])).toEqual([
      ['archive.access.granted', id, 'AUDITOR', access.id],
      ['archive.read', id, 'AUDITOR', access.id],
    ]);
    const reads = await ask(
      WATCH,
      `{ archiveFile(clientId: "${id}") { reads { nodes { itemId readerId } } } }`,
    );
    expect(reads.data.archiveFile.reads.nodes).toEqual([{ itemId: identity!.id, readerId: AUDITOR.id }]);
  });

  test('closes after eight hours: nothing is read then, and the job says so once', async () => {
    const { id } = await aFile();
    const { id: accessId, items } = await anOpenAccess(AUDITOR, id);
    later(8 * HOUR - 2);
    expect((await read(AUDITOR, accessId, items[0]!)).codes).toEqual([]);
    expect((await read(AUDITOR, accessId, items[0]!)).codes).toEqual(['WINDOW_CLOSED']);
    await run('expire-archive-access');
    await run('expire-archive-access');
    expect(await stored('select status, version from archive_access where id = $1', accessId)).toEqual([
      { status: 'EXPIRED', version: 4 },
    ]);
    expect((await read(AUDITOR, accessId, items[0]!)).codes).toEqual(['ACCESS_STATE']);
    expect((await step(AUDITOR, 'openArchiveAccess', accessId, 4)).codes).toEqual(['ACCESS_STATE']);
  });

  test('is never allowed by whoever has asked, nor by the adviser, nor changed behind the back of who allows', async () => {
    const adviser = actorOf(freshId(), ['ADVISER', 'COMPLIANCE']);
    const { id } = await active(adviser);
    await comeBack(world);
    const own = await anAccess(WATCH, id);
    expect((await decideOn(WATCH, own.access.id)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decideOn(adviser, own.access.id)).codes).toEqual(['OWN_CLIENT']);
    await stored('update archive_access set hours = 7 where id = $1', own.access.id);
    expect((await decideOn(SECOND, own.access.id)).codes).toEqual(['PAYLOAD_CHANGED']);
    await stored('update archive_access set hours = 8 where id = $1', own.access.id);
    expect((await decideOn(SECOND, own.access.id)).codes).toEqual([]);
    expect((await decideOn(SECOND, own.access.id, 'APPROVE', 2)).codes).toEqual(['PROPOSAL_CLOSED']);
    expect((await decideOn(OFFICER, own.access.id)).codes).toEqual(['FORBIDDEN']);
  });

  test('is used by whoever has asked, for what was named, and given back', async () => {
    const { id } = await aFile();
    const [first, second] = await itemsOf(id);
    const { access } = await anAccess(AUDITOR, id, { itemIds: [first!.id], hours: 1 });
    expect((await read(AUDITOR, access.id, first!.id)).codes).toEqual(['ACCESS_STATE']);
    await decideOn(WATCH, access.id);
    expect((await step(WATCH, 'openArchiveAccess', access.id, 2)).codes).toEqual(['NOT_THE_REQUESTER']);
    await step(AUDITOR, 'openArchiveAccess', access.id, 2);
    expect((await read(AUDITOR, access.id, second!.id)).codes).toEqual(['ITEM_NOT_NAMED']);
    expect((await read(WATCH, access.id, first!.id)).codes).toEqual(['NOT_THE_REQUESTER']);
    expect((await step(AUDITOR, 'returnArchiveAccess', access.id, 3)).data.returnArchiveAccess.status).toBe(
      'RETURNED',
    );
    expect((await read(AUDITOR, access.id, first!.id)).codes).toEqual(['ACCESS_STATE']);
  });

  test('lapses when nobody decides within seven days, or opens it within three', async () => {
    const { id } = await aFile();
    const undecided = (await anAccess(AUDITOR, id)).access.id;
    const unused = (await anAccess(AUDITOR, id)).access.id;
    await decideOn(WATCH, unused);
    later(72 * HOUR);
    expect((await step(AUDITOR, 'openArchiveAccess', unused, 2)).codes).toEqual(['WINDOW_CLOSED']);
    await run('expire-archive-access');
    later(96 * HOUR);
    expect((await decideOn(WATCH, undecided)).codes).toEqual(['PROPOSAL_EXPIRED']);
    await run('expire-approvals');
    expect(
      await stored('select distinct status from archive_access where id = any($1)', [undecided, unused]),
    ).toEqual([{ status: 'EXPIRED' }]);
  });

  test('withdrawn by whoever has asked, and rejected, it leads nowhere', async () => {
    const { id } = await aFile();
    const one = (await anAccess(AUDITOR, id)).access.id;
    expect((await step(WATCH, 'withdrawArchiveAccess', one, 1)).codes).toEqual(['NOT_THE_MAKER']);
    expect((await step(AUDITOR, 'withdrawArchiveAccess', one, 1)).data.withdrawArchiveAccess.status).toBe(
      'WITHDRAWN',
    );
    const two = (await anAccess(AUDITOR, id)).access.id;
    expect((await decideOn(WATCH, two, 'REJECT')).data.decideArchiveAccess.status).toBe('REJECTED');
    for (const accessId of [one, two])
      expect((await step(AUDITOR, 'openArchiveAccess', accessId, 2)).codes).toEqual(['ACCESS_STATE']);
  });

  test.each<[string, object, string]>([
    ['no items', { itemIds: [] }, 'ITEMS_NEEDED'],
    ['an item of nobody', { itemIds: [freshId()] }, 'ITEMS_NEEDED'],
    ['what is no id', { itemIds: ['x'] }, 'ITEMS_NEEDED'],
    ['nine hours', { hours: 9 }, 'HOURS_IMPOSSIBLE'],
    ['no hour', { hours: 0 }, 'HOURS_IMPOSSIBLE'],
    ['no reason', { reason: ' ' }, 'BAD_INPUT'],
    ['another client', { clientId: freshId() }, 'NOT_FOUND'],
  ])('with %s is refused', async (_, changes, code) => {
    const { id } = await aFile();
    expect((await anAccess(AUDITOR, id, changes)).codes).toEqual([code]);
  });

  test('ten requests with one requestId are one, and ten approvals at once allow once', async () => {
    const { id } = await aFile();
    const requestId = freshId();
    const asked = await Promise.all(Array.from({ length: 10 }, () => anAccess(AUDITOR, id, { requestId })));
    const ids = new Set(asked.map(({ access }) => access.id));
    expect(ids.size).toBe(1);
    const decisions = await Promise.all(Array.from({ length: 10 }, () => decideOn(WATCH, [...ids][0])));
    expect(decisions.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
    expect((await world.events('archive.access.granted')).filter(({ key }) => key === id)).toHaveLength(1);
  });

  test('an item that was changed in the database is found out, and a reading cannot be taken back', async () => {
    const { id } = await aFile();
    const { id: accessId, items } = await anOpenAccess(AUDITOR, id);
    await stored(`update archive_item set facts = facts || '{"x": 1}' where id = $1`, items[0]);
    expect((await read(AUDITOR, accessId, items[0]!)).data.readArchiveItem.isIntact).toBe(false);
    await expect(stored('delete from archive_read where access_id = $1', accessId)).rejects.toThrow(
      'never changed',
    );
    await expect(
      stored('update archive_read set reader_id = item_id where access_id = $1', accessId),
    ).rejects.toThrow('never changed');
  });

  test('its export is a PDF that names reader and instant on every page, with the index and every hash', async () => {
    const { id } = await aFile();
    const access = await anOpenAccess(AUDITOR, id);
    const answer = await ask(
      AUDITOR,
      'mutation ($input: ExportArchiveInput!) { exportArchive(input: $input) { id content sha256 items fileName } }',
      { input: { accessId: access.id, locale: 'ZH_HANT' } },
      `ARCHIVE_ACCESS:${access.id}`,
    );
    const made = answer.data.exportArchive;
    const bytes = Buffer.from(made.content, 'base64');
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(made.items).toBe(access.items.length);
    expect(bytes.toString('latin1')).toContain('/Subject');
    expect(await stored('select sha256, items from archive_export where id = $1', made.id)).toEqual([
      { sha256: made.sha256, items: access.items.length },
    ]);
    expect(
      await stored(
        `select count(*)::int as n from archive_read where access_id = $1 and format = 'EXPORT'`,
        access.id,
      ),
    ).toEqual([{ n: access.items.length }]);
  });
});
