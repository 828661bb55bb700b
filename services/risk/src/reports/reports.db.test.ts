import { createHash } from 'node:crypto';
import { aService, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { assessor, BOLD, FINDINGS, people, SAVER, type Someone } from '../people.fixture.js';
import { service } from '../service.js';

let world: World;

beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-03-02T02:00:00.000Z') });
});
afterAll(() => world.stop());

const { run, aClient, submitted, confirmed } = people(() => world);
type Pdf = { content: string; sha256: string; fileName: string };

const pdfOf = async (
  who: Someone,
  id: string,
  locale: string,
): Promise<{
  pdf: Pdf;
  sections: { heading: string; lines: string[] }[];
  number: string;
  contentHash: string;
}> => {
  const { data, codes } = await world.ask(
    who.client,
    'query ($id: ID!, $locale: Locale!) { assessment(id: $id) { report { number contentHash pdf(locale: $locale) { content sha256 fileName } sections(locale: $locale) { heading lines } } } }',
    { id, locale },
  );
  expect(codes).toEqual([]);
  return data.assessment.report;
};

/** The characters that a reader finds when it copies text out of the file: the font's table of them. */
const charactersOf = (file: Buffer): Set<string> =>
  new Set(
    [...file.toString('latin1').matchAll(/beginbfrange([\s\S]*?)endbfrange/g)].flatMap(([, table = '']) =>
      [...table.matchAll(/<([0-9a-f]+)>/gi)].flatMap(([, hex = '']) =>
        Buffer.from(hex, 'hex').swap16().toString('utf16le').split(''),
      ),
    ),
  );

test.each([
  ['EN', 'en'],
  ['ZH_HANS', 'zh-hans'],
  ['ZH_HANT', 'zh-hant'],
])(
  'a report in %s is a PDF that embeds its font, holds every character of the report and is named after it',
  async (locale, suffix) => {
    const who = await aClient();
    const { id } = await submitted(who, SAVER);
    const { pdf, sections, number } = await pdfOf(who, id, locale);
    const file = Buffer.from(pdf.content, 'base64');
    expect(file.subarray(0, 5).toString()).toBe('%PDF-');
    expect(file.toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true);
    expect(pdf.fileName).toBe(`${number}-${suffix}.pdf`);
    expect(createHash('sha256').update(file).digest('hex')).toBe(pdf.sha256);
    expect(file.toString('latin1')).toContain('/FontFile2');
    const found = charactersOf(file);
    const wanted = new Set(sections.flatMap(({ heading, lines }) => [heading, ...lines]).join(''));
    expect([...wanted].filter((character) => character.trim() !== '' && !found.has(character))).toEqual([]);
    if (locale !== 'EN')
      expect([...found].filter((character) => /[\u4e00-\u9fff]/.test(character)).length).toBeGreaterThan(100);
  },
);

test('the same report gives the same bytes a year later and after its confirmation; another report gives others', async () => {
  const who = await aClient();
  const issued = await submitted(who, SAVER);
  const first = await pdfOf(who, issued.id, 'ZH_HANS');
  await confirmed(who, issued);
  world.clock.now = new Date('2027-06-01T02:00:00.000Z');
  expect((await pdfOf(who, issued.id, 'ZH_HANS')).pdf).toEqual(first.pdf);
  expect((await pdfOf(who, issued.id, 'EN')).pdf.sha256).not.toBe(first.pdf.sha256);
  expect(Buffer.from(first.pdf.content, 'base64').toString('latin1')).toContain('(D:20260302020000Z)');
  world.clock.now = new Date('2026-03-02T02:00:00.000Z');
});

test('a long interview, with characters no font holds, makes more pages and no fault', async () => {
  const who = await aClient();
  const { id, version } = await submitted(who, BOLD);
  const summary = `${'客户了解波动，能够承受。'.repeat(300)}\n🙂 𠮷 ${'A'.repeat(300)}`;
  const record = (words: string) =>
    run(
      assessor,
      'recordInterview',
      { assessmentId: id, expectedVersion: version, ...FINDINGS, summary: words },
      'id',
    );
  for (const control of [0, 7, 0xd800]) {
    expect((await record(`${summary}${String.fromCharCode(control)}`)).codes).toEqual(['BAD_INPUT']);
  }
  expect((await record(summary)).codes).toEqual([]);
  const { pdf } = await pdfOf(who, id, 'ZH_HANT');
  expect(
    Buffer.from(pdf.content, 'base64')
      .toString('latin1')
      .match(/\/Type \/Page\n/g)?.length,
  ).toBeGreaterThan(2);
});

test('the file is for those who may see the report', async () => {
  const [who, other] = [await aClient(), await aClient()];
  const { id } = await submitted(who, SAVER);
  const ask = 'query ($id: ID!) { assessment(id: $id) { report { pdf { sha256 } } } }';
  expect((await world.ask(who.adviser, ask, { id })).data.assessment.report.pdf.sha256).toMatch(
    /^[0-9a-f]{64}$/,
  );
  expect((await world.ask(other.client, ask, { id })).data.assessment).toBeNull();
});
