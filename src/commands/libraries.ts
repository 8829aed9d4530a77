import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What takes longer to load than a question to 10,000 experiments has time for, and is not always needed. */
export const libraries = {
  config: () => require('../config.js') as typeof import('../config.js'),
  logMessages: () => require('../log-messages.js') as typeof import('../log-messages.js'),
  sessions: () => require('./sessions.js') as typeof import('./sessions.js'),
  tableExport: () => require('../outputs/table-export.js') as typeof import('../outputs/table-export.js'),
  leven: () => (require('leven') as typeof import('leven')).default,
  stringWidth: () => require('string-width') as typeof import('string-width'),
};
