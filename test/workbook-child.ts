/** Updates the workbook argv[2] with the notes of the JSON file argv[3], as the service does; a kill may meet it at any moment. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { experimentOf, type NotesDatabase, updateNotes } from './workbook-root.js';

const [, , path = '', databaseFile = ''] = process.argv;
const database: NotesDatabase = JSON.parse(await readFile(databaseFile, 'utf8'));
const save = async () => {
  await writeFile(`${databaseFile}.new`, JSON.stringify(database));
  await rename(`${databaseFile}.new`, databaseFile);
};
const placed = await updateNotes(path, ['a', 'b'].map(experimentOf), database, save);
process.stdout.write(placed.state);
