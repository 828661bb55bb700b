import { expect, test } from '@jest/globals';
import type { ArchiveAccessRow, ArchiveItemRow } from './archive.entities.js';
import { exportPdf } from './export-pdf.js';

const READ_AT = new Date('2026-03-02T02:00:00.000Z');
const access = {
  id: 'access',
  clientId: 'client',
  requesterId: 'reader-7',
  requesterRole: 'AUDITOR',
  approverId: 'approver',
  purpose: 'INSPECTION',
} as ArchiveAccessRow;
const item = (place: number) =>
  ({
    itemClass: 'TRADE',
    what: 'order.settled',
    source: 'products',
    sourceRef: `order-${place}`,
    facts: { amountMinor: place },
    hash: 'a'.repeat(64),
    occurredAt: READ_AT,
    retainedUntil: null,
  }) as unknown as ArchiveItemRow;
const made = async (items: number, readAt = READ_AT) => {
  const bytes = await exportPdf({
    access,
    items: Array.from({ length: items }, (_, n) => ({ item: item(n), isIntact: n > 0 })),
    client: null,
    readAt,
    locale: 'ZH_HANT',
  });
  return { bytes, text: bytes.toString('latin1') };
};
const pagesOf = (text: string) => text.match(/\/Type \/Page\n/g)?.length ?? 0;
/** The turn by 35 degrees that only the mark has, three times a page. */
const marksOf = (text: string) => text.match(/0\.819\d* -?0\.573\d* -?0\.573\d* 0\.819\d*/g)?.length ?? 0;

test('every page is marked, whatever their number, and no page is empty', async () => {
  for (const [items, pages] of [
    [1, 1],
    [60, 6],
  ] as const) {
    const { text } = await made(items);
    expect(pagesOf(text)).toBeLessThanOrEqual(pages);
    expect(pagesOf(text)).toBeGreaterThan(pages / 2);
    expect(marksOf(text)).toBe(pagesOf(text));
  }
});

test('the document says who reads it and when, in its properties too', async () => {
  const { bytes } = await made(1);
  // The properties of a PDF are written in UTF-16, the high byte first.
  const written = Buffer.from('reader-7 · AUDITOR · 2026-03-02T02:00:00.000Z', 'utf16le').swap16();
  expect(bytes.includes(written)).toBe(true);
});

test('the same reading gives the same bytes, another instant others', async () => {
  const [one, two, later] = [await made(2), await made(2), await made(2, new Date(READ_AT.getTime() + 1))];
  expect(one.bytes.equals(two.bytes)).toBe(true);
  expect(one.bytes.equals(later.bytes)).toBe(false);
});
