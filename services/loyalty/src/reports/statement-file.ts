import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Db } from '@client-graph/kit';
import PDFDocument from 'pdfkit';
import type { Labels } from '../points/lots.rules.js';
import { csvOf, type Statement, statementRows } from './reports.rules.js';
import { type Period, wholeStatement } from './statement.js';

export type StatementFile = { content: string; sha256: string; fileName: string; mediaType: string };
type Locale = keyof Labels;

/** Noto Sans SC (SIL Open Font License 1.1) holds Latin and both Chinese scripts; only the glyphs used are embedded. */
const require = createRequire(import.meta.url);
const FONT = require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');

/** The statement of a period as a file. It says nothing that is not of the ledger, so that a period that is over always gives the same bytes. */
export async function statementFile(
  db: Db,
  period: Period,
  { format, locale }: { format: 'PDF' | 'CSV'; locale: Locale },
): Promise<StatementFile> {
  const statement = await wholeStatement(db, period);
  const isPdf = format === 'PDF';
  // A byte order mark, by which spreadsheets know UTF-8.
  const bytes = isPdf
    ? await pdf(statement, locale)
    : Buffer.from(`\uFEFF${csvOf(statementRows(statement, locale))}`);
  return {
    content: bytes.toString('base64'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    fileName: `points-${period.from}-${period.to}-${locale.toLowerCase().replace('_', '-')}.${format.toLowerCase()}`,
    mediaType: isPdf ? 'application/pdf' : 'text/csv',
  };
}

const MARGIN = 48;
const WIDTHS = [66, 66, 110, 96, 56, 60, 56];
const LINE = 15;

const TITLE: Labels = { EN: 'Statement of points', ZH_HANS: '积分对账单', ZH_HANT: '積分對帳單' };
const OPENING: Labels = { EN: 'Opening balance', ZH_HANS: '期初余额', ZH_HANT: '期初餘額' };
const CLOSING: Labels = { EN: 'Closing balance', ZH_HANS: '期末余额', ZH_HANT: '期末餘額' };
const CLIENT: Labels = { EN: 'Client', ZH_HANS: '客户', ZH_HANT: '客戶' };

async function pdf(statement: Statement, locale: Locale): Promise<Buffer> {
  // Dates in the file are those of the period: the hour at which it was asked for would change its bytes.
  const day = new Date(`${statement.to}T00:00:00+08:00`);
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    compress: false,
    info: { Title: `${TITLE[locale]} ${statement.from} – ${statement.to}`, CreationDate: day, ModDate: day },
  });
  const written = new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });
  document.registerFont('statement', await readFile(FONT)).font('statement');
  document.fontSize(17).text(TITLE[locale]).moveDown(0.4).fontSize(9.5);
  document.text(`${CLIENT[locale]}: ${statement.clientId}`);
  document.text(`${statement.from} – ${statement.to}`);
  document.text(`${OPENING[locale]}: ${statement.opening}`).moveDown(0.6).fontSize(8.5);
  for (const row of statementRows(statement, locale)) line(document, row);
  document.moveDown(0.8).fontSize(9.5).text(`${CLOSING[locale]}: ${statement.closing}`, MARGIN);
  document.end();
  return written;
}

function line(document: PDFKit.PDFDocument, cells: readonly string[]): void {
  if (document.y > document.page.height - MARGIN - LINE) document.addPage();
  const top = document.y;
  let left = MARGIN;
  for (const [column, cell] of cells.entries()) {
    const width = WIDTHS[column] ?? 60;
    document.text(cell, left, top, { width, lineBreak: false, align: column < 4 ? 'left' : 'right' });
    left += width + 2;
  }
  document.x = MARGIN;
  document.y = top + LINE;
}
