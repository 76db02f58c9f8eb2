import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** CommonJS packages in an ES module bundle still call `require` for Node's built-ins. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * Bundles an entry (path from the root of the repository) with all it imports, the SDK too, into `<outdir>/index.mjs`;
 * what is imported lazily is a file of its own beside it. Equal sources give equal bytes. Throws with esbuild's messages.
 */
function bundle(entry: string, outdir: string): void {
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [{ in: entry, out: 'index' }],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'lazy-[hash]',
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'silent',
  });
}

/**
 * The bundle of an entry as an asset, named by the hash of its bytes.
 * @param folders of the repository, put beside the bundle as they are
 */
export function bundledCode(entry: string, folders: readonly string[] = []): Code {
  return Code.fromAsset(join(ROOT, entry, '..'), {
    // Not by the folder of the entry (the default), which says nothing of what it imports.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the CDK for machines without a local bundler; ours is a dependency, so it is never pulled.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (outdir) => {
          bundle(entry, outdir);
          for (const folder of folders) cpSync(join(ROOT, folder), join(outdir, folder), { recursive: true });
          return true;
        },
      },
    },
  });
}
