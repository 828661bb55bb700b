import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { COLUMNS, heading, type Locale, rowsOf, SECTIONS, type Statement } from './statements.rules.js';

/** Noto Sans SC (SIL Open Font License 1.1) holds Latin and both Chinese scripts; only the glyphs used are embedded. */
const require = createRequire(import.meta.url);
const FONT = require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');
let font: Promise<Buffer> | undefined;

const MARGIN = 40;
const LINE = 15;
/** Left edge and width of each column on A4 across. */
const PLACES: Readonly<Record<(typeof COLUMNS)[number], readonly [left: number, width: number]>> = {
  date: [40, 62],
  side: [104, 70],
  code: [176, 80],
  product: [258, 180],
  currency: [440, 40],
  units: [482, 84],
  nav: [568, 62],
  amount: [632, 84],
  fee: [718, 62],
};
const FIRST_NUMBER = COLUMNS.indexOf('units');

/**
 * The statement as a document to keep. Nothing in it but the statement itself, dates included, so that the same statement gives the
 * same bytes whenever it is asked for; streams are not compressed, because compressors differ between releases.
 */
export async function pdfOf(statement: Statement, locale: Locale): Promise<Buffer> {
  font ??= readFile(FONT);
  const at = new Date(`${statement.to}T00:00:00+08:00`);
  const title = heading('title', locale);
  const document = new PDFDocument({
    ...{ size: 'A4', layout: 'landscape', margin: MARGIN, compress: false, bufferPages: true },
    lang: { EN: 'en', ZH_HANS: 'zh-Hans', ZH_HANT: 'zh-Hant' }[locale],
    info: { Title: title, CreationDate: at, ModDate: at },
  });
  const written = new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });
  document.registerFont('statement', await font).font('statement');
  document.fontSize(16).text(title);
  document
    .fontSize(9)
    .text(`${heading('client', locale)}: ${statement.clientId}`)
    .text(`${heading('span', locale)}: ${statement.from} – ${statement.to}`);
  for (const name of SECTIONS)
    section(document, heading(name, locale), locale, rowsOf(statement, name, locale));
  numberPages(document);
  document.end();
  return written;
}

function section(
  document: PDFKit.PDFDocument,
  title: string,
  locale: Locale,
  rows: readonly string[][],
): void {
  // A heading stays with the first of its rows.
  roomFor(document, 4 * LINE);
  document
    .moveDown(0.8)
    .fontSize(11)
    .fillColor('#1a3c6e')
    .text(title, MARGIN)
    .fillColor('#000000')
    .fontSize(8);
  if (rows.length === 0) document.text(heading('none', locale), MARGIN);
  else
    line(
      document,
      COLUMNS.map((name) => heading(name, locale)),
    );
  for (const row of rows) line(document, row);
}

function roomFor(document: PDFKit.PDFDocument, height: number): void {
  if (document.y + height > document.page.height - MARGIN) document.addPage();
}

function line(document: PDFKit.PDFDocument, cells: readonly string[]): void {
  roomFor(document, LINE);
  const { y } = document;
  for (const [at, name] of COLUMNS.entries()) {
    const [left, width] = PLACES[name];
    document.text(cells[at] ?? '', left, y, {
      width,
      height: LINE,
      ellipsis: true,
      lineBreak: false,
      align: at < FIRST_NUMBER ? 'left' : 'right',
    });
  }
  document.y = y + LINE;
}

function numberPages(document: PDFKit.PDFDocument): void {
  const { count } = document.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    document.switchToPage(page);
    const { height, margins } = document.page;
    // Below the margin, which would otherwise begin a new page.
    margins.bottom = 0;
    document.fontSize(8).text(`${page + 1}/${count}`, MARGIN, height - MARGIN / 2, { lineBreak: false });
  }
}
