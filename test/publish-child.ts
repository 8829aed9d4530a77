/** Publishes argv[3] at argv[2], where a present file is ours if it has the mark argv[4]; a kill or an injected error meets it from outside. */

import { publish } from '../src/outputs/publish.js';
import { PublishError } from '../src/outputs/publish-error.js';

const [, , path = '', content = '', mark] = process.argv;
try {
  const { state } = await publish(path, content, mark === undefined ? {} : { mark });
  process.stdout.write(state);
} catch (error) {
  if (!(error instanceof PublishError)) throw error;
  process.stdout.write(error.trouble);
  process.exitCode = 73;
}
