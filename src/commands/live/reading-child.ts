/** A program of its own, which is told a file's name and answers with its text: a mount that hangs holds up only this one. */
import { readText } from '../../read-file.js';

process.once('message', (file: string) => {
  process.send?.(maybeText(file), () => process.disconnect());
});

/** null where there is none that can be read. */
function maybeText(file: string): string | null {
  try {
    return readText(file);
  } catch {
    return null;
  }
}
