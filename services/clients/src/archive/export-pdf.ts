import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { Then } from '../history/as-of.js';
import type { ArchiveAccessRow, ArchiveItemRow } from './archive.entities.js';
import { CLASS_WORDS, EXPORT_WORDS, type Language } from './words.rules.js';

/** Noto Sans SC (SIL Open Font License 1.1) holds Latin and both Chinese scripts; only the glyphs used are embedded. */
const require = createRequire(import.meta.url);
const FONT = require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');
let font: Promise<Buffer> | undefined;

export type ExportFile = { id: string; content: string; sha256: string; fileName: string; items: number };
export type Exported = {
  access: ArchiveAccessRow;
  items: readonly { item: ArchiveItemRow; isIntact: boolean }[];
  client: Then | null;
  readAt: Date;
  locale: Language;
};

const MARGIN = 48;

/** The document: who has it and why, the basic information where it was asked for, and the index with the hash of each item. */
export async function exportPdf(what: Exported): Promise<Buffer> {
  font ??= readFile(FONT);
  return render(what, await font);
}

function render(what: Exported, fontFile: Buffer): Promise<Buffer> {
  const { locale, readAt, access } = what;
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    // Compressors differ between releases; the same export must give the same bytes to be held against its hash.
    compress: false,
    bufferPages: true,
    lang: { EN: 'en', ZH_HANS: 'zh-Hans', ZH_HANT: 'zh-Hant' }[locale],
    info: {
      Title: `${EXPORT_WORDS.title[locale]} ${access.clientId}`,
      Subject: markOf(what),
      CreationDate: readAt,
      ModDate: readAt,
    },
  });
  const written = new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });
  document.registerFont('file', fontFile).font('file');
  document.fontSize(18).text(EXPORT_WORDS.title[locale]).moveDown(0.5).fontSize(9.5);
  for (const line of headOf(what)) document.text(line, { lineGap: 2 });
  for (const { heading, lines } of sectionsOf(what)) {
    document.moveDown(0.8).fontSize(12).fillColor('#1a3c6e').text(heading);
    document.fontSize(8.5).fillColor('#000000');
    for (const line of lines) document.text(line, { lineGap: 2 });
  }
  markPages(document, what);
  document.end();
  return written;
}

/** Who reads it and when: stands across every page. */
const markOf = ({ access, readAt }: Exported): string =>
  `${access.requesterId} · ${access.requesterRole} · ${readAt.toISOString()}`;

function headOf({ access, readAt, locale }: Exported): string[] {
  const say = (word: keyof typeof EXPORT_WORDS, value: string) => `${EXPORT_WORDS[word][locale]}: ${value}`;
  return [
    say('client', access.clientId),
    say('access', access.id),
    say('purpose', access.purpose),
    say('reader', `${access.requesterId} (${access.requesterRole})`),
    say('approver', access.approverId ?? ''),
    say('at', readAt.toISOString()),
  ];
}

type Section = { heading: string; lines: string[] };

function sectionsOf({ items, client, locale }: Exported): Section[] {
  const index = items.map(({ item, isIntact }, place) => lineOf(item, isIntact, place + 1, locale));
  const hashes = items.map(({ item }) => item.hash).join('\n');
  const indexHash = createHash('sha256').update(hashes).digest('hex');
  return [
    ...(client === null ? [] : [{ heading: EXPORT_WORDS.basics[locale], lines: basicsOf(client) }]),
    {
      heading: EXPORT_WORDS.index[locale],
      lines: [...index.flat(), `${EXPORT_WORDS.indexHash[locale]}: ${indexHash}`],
    },
  ];
}

function lineOf(item: ArchiveItemRow, isIntact: boolean, place: number, locale: Language): string[] {
  const until =
    item.retainedUntil === null
      ? EXPORT_WORDS.openEnded[locale]
      : `${EXPORT_WORDS.until[locale]} ${item.retainedUntil}`;
  const facts = Object.entries(item.facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [
    `${place}. ${CLASS_WORDS[item.itemClass][locale]} · ${item.what} · ${item.source} ${item.sourceRef} · ${item.occurredAt.toISOString()} · ${until}`,
    `    ${facts.join(' ')}`,
    `    SHA-256 ${item.hash}${isIntact ? '' : ` ${EXPORT_WORDS.changed[locale]}`}`,
  ];
}

/** The file as it was when its last item was filed, field by field. */
function basicsOf({ status, class: clientClass, grade, individual, institution }: Then): string[] {
  const profile = Object.entries(individual ?? institution ?? {}).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return [
    `${status} · ${clientClass} · ${grade.grade}`,
    ...profile.map(
      ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
    ),
  ];
}

function markPages(document: PDFKit.PDFDocument, what: Exported): void {
  const { count } = document.bufferedPageRange();
  const mark = markOf(what);
  for (let page = 0; page < count; page += 1) {
    document.switchToPage(page);
    const { width, height, margins } = document.page;
    // Below the margin, which would otherwise begin a new page.
    margins.bottom = 0;
    document.save().rotate(-35, { origin: [width / 2, height / 2] });
    document.fontSize(15).fillColor('#888888').fillOpacity(0.22);
    for (const offset of [-220, 0, 220])
      document.text(mark, 0, height / 2 + offset, { width, align: 'center', lineBreak: false });
    document.restore();
    document
      .fontSize(8)
      .fillColor('#000000')
      .fillOpacity(1)
      .text(`${mark} · ${page + 1}/${count}`, MARGIN, height - MARGIN / 2, { lineBreak: false });
  }
}
