import { openDataDirectory } from '../../../localstack/cloud/data-directory.ts';

// Run by a test: holds the data directory of its arguments until it is killed, or the test's process ends.
const [directory = '', ephemeral] = process.argv.slice(2);
const data = await openDataDirectory(directory, ephemeral === 'true');
process.channel?.ref();
process.send?.(data.path);
