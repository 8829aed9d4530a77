/** The finished PDF: pages as they were drawn, with bookmarks and metadata that say nothing of the clock. */

import { PDFDict, PDFDocument, PDFHexString, PDFName, PDFNumber, PDFRef } from 'pdf-lib';

export interface PdfInfo {
  readonly title: string;
  readonly subject: string;
  readonly producer: string;
  /** One a page, in order. */
  readonly bookmarks: readonly string[];
}

/** The same pages and info give the same bytes. */
export async function finishPdf(pages: Uint8Array, info: PdfInfo): Promise<Uint8Array> {
  const pdf = await PDFDocument.load(pages, { updateMetadata: false });
  replaceInfo(pdf);
  pdf.setTitle(info.title, { showInWindowTitleBar: true });
  pdf.setSubject(info.subject);
  pdf.setProducer(info.producer);
  pdf.setLanguage('en');
  addBookmarks(pdf, info.bookmarks);
  return pdf.save();
}

/** cairo's has the time of day in it. */
function replaceInfo({ context }: PDFDocument): void {
  const { Info: before } = context.trailerInfo;
  if (before instanceof PDFRef) context.delete(before);
  context.trailerInfo.Info = context.register(context.obj({}));
}

/** pdf-lib has no call for outlines: a flat list of dictionaries, linked in both directions (PDF 1.7, 12.3.3). */
function addBookmarks(pdf: PDFDocument, titles: readonly string[]): void {
  const { context } = pdf;
  const root = context.nextRef();
  const refs = titles.map(() => context.nextRef());
  const pages = pdf.getPages();
  titles.forEach((title, index) => {
    const page = pages[index];
    const ref = refs[index];
    if (!page || !ref) return;
    const entry = PDFDict.withContext(context);
    entry.set(PDFName.of('Title'), PDFHexString.fromText(title));
    entry.set(PDFName.of('Parent'), root);
    entry.set(PDFName.of('Dest'), context.obj([page.ref, 'Fit']));
    link(entry, 'Prev', refs[index - 1]);
    link(entry, 'Next', refs[index + 1]);
    context.assign(ref, entry);
  });
  const outlines = PDFDict.withContext(context);
  outlines.set(PDFName.of('Type'), PDFName.of('Outlines'));
  link(outlines, 'First', refs[0]);
  link(outlines, 'Last', refs.at(-1));
  outlines.set(PDFName.of('Count'), PDFNumber.of(titles.length));
  context.assign(root, outlines);
  pdf.catalog.set(PDFName.of('Outlines'), root);
  pdf.catalog.set(PDFName.of('PageMode'), PDFName.of('UseOutlines'));
}

function link(entry: PDFDict, key: string, ref: PDFRef | undefined): void {
  if (ref) entry.set(PDFName.of(key), ref);
}
