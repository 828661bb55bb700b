import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { RiskReportRow } from '../entities.js';
import { type Locale, say } from '../words.rules.js';
import { sectionsOf } from './report.rules.js';

/** Noto Sans SC (SIL Open Font License 1.1) holds Latin and both Chinese scripts; only the glyphs used are embedded. */
const require = createRequire(import.meta.url);
const FONT = require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');
let font: Promise<Buffer> | undefined;

export type PdfFile = { content: string; sha256: string; fileName: string };

const TITLES = {
  en: 'Risk assessment report',
  zh: '风险测评报告',
  zhHant: '風險測評報告',
};
const HASH = {
  en: 'Hash of the report (SHA-256)',
  zh: '报告哈希值（SHA-256）',
  zhHant: '報告雜湊值（SHA-256）',
};

const MARGIN = 56;
const LINE = 18;

/**
 * The report as a document to keep. Everything in it is of the stored report, dates included, so that the same report gives
 * the same bytes whenever it is asked for; streams are not compressed, because compressors differ between releases.
 */
export async function reportPdf(report: RiskReportRow, locale: Locale): Promise<PdfFile> {
  font ??= readFile(FONT);
  const bytes = await render(report, locale, await font);
  return {
    content: bytes.toString('base64'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    fileName: `${report.number}-${locale.toLowerCase().replace('_', '-')}.pdf`,
  };
}

function render(report: RiskReportRow, locale: Locale, fontFile: Buffer): Promise<Buffer> {
  const title = say(TITLES, locale);
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    compress: false,
    bufferPages: true,
    lang: { EN: 'en', ZH_HANS: 'zh-Hans', ZH_HANT: 'zh-Hant' }[locale],
    info: { Title: `${title} ${report.number}`, CreationDate: report.issuedAt, ModDate: report.issuedAt },
  });
  const written = new Promise<Buffer>((resolve, reject) => {
    const parts: Buffer[] = [];
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });
  document.registerFont('report', fontFile).font('report');
  document.fontSize(18).text(title).moveDown(0.5);
  for (const { heading, lines } of sectionsOf(report.content)) {
    // A heading stays with its first line.
    if (document.y > document.page.height - MARGIN - 3 * LINE) document.addPage();
    document.moveDown(0.6).fontSize(12).fillColor('#1a3c6e').text(say(heading, locale));
    document.fontSize(9.5).fillColor('#000000');
    for (const line of lines) document.text(say(line, locale), { lineGap: 2 });
  }
  document
    .moveDown(1)
    .fontSize(8)
    .text(`${say(HASH, locale)}: ${report.contentHash}`);
  numberPages(document, report.number);
  document.end();
  return written;
}

function numberPages(document: PDFKit.PDFDocument, number: string): void {
  const { count } = document.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    document.switchToPage(page);
    const { height, margins } = document.page;
    // Below the margin, which would otherwise begin a new page.
    margins.bottom = 0;
    document
      .fontSize(8)
      .text(`${number} · ${page + 1}/${count}`, MARGIN, height - MARGIN / 2, { lineBreak: false });
  }
}
