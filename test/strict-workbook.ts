import JSZip from 'jszip';
import { SaxesParser } from 'saxes';

/** Throws where a part is not well-formed XML; returns the children of each part's root. */
export async function strictlyParsed(bytes: Buffer): Promise<Map<string, string[]>> {
  const archive = await JSZip.loadAsync(bytes, { checkCRC32: true });
  const children = new Map<string, string[]>();
  for (const [name, part] of Object.entries(archive.files)) {
    if (part.dir) continue;
    const parser = new SaxesParser({ xmlns: true, fileName: name });
    const names: string[] = [];
    let depth = 0;
    parser.on('opentag', ({ local }) => {
      if (++depth === 2) names.push(local);
    });
    parser.on('closetag', () => {
      depth--;
    });
    parser.write(await part.async('string')).close();
    children.set(name, names);
  }
  return children;
}
