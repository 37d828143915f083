import { previewCommand } from '../../src/cli/preview.js';
import { startPreview } from '../../src/preview/index.js';

// `handfirst preview`, with the page from where the test has built it.
const page = process.env.HANDFIRST_TEST_PAGE;
await previewCommand((options) => startPreview({ ...options, page })).parseAsync(process.argv);
