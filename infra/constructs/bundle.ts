import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync, type Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** CommonJS packages in an ES module bundle still call `require` for Node's built-ins. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * Bundles an entry (path from the root of the repository) with all it imports, the SDK too, into `<outdir>/index.mjs`.
 * Returns what went in. Equal sources give equal bytes. Throws with esbuild's own messages.
 */
export function bundle(entry: string, outdir: string): Metafile {
  const { metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: join(outdir, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'silent',
    metafile: true,
  });
  return metafile;
}

/** The bundle of an entry as an asset, named by the hash of its bytes. */
export function bundledCode(entry: string): Code {
  return Code.fromAsset(join(ROOT, entry, '..'), {
    bundling: {
      // Required by the CDK for machines without a local bundler; ours is a dependency, so it is never pulled.
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (outdir) => {
          bundle(entry, outdir);
          return true;
        },
      },
    },
  });
}
