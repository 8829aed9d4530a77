/** Where the outputs of one experiment lie: beside its log, under the log's name. */

/** `a/run.log` → `a/run.tlw.pdf`: the path of an output relative to the root, or to the folder that stands for it. */
export function outputPathOf(logPath: string, extension: 'json' | 'pdf' | 'csv'): string {
  const slash = logPath.lastIndexOf('/');
  const dot = logPath.lastIndexOf('.');
  return `${dot > slash + 1 ? logPath.slice(0, dot) : logPath}.tlw.${extension}`;
}
