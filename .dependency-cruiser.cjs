/**
 * Who may import whom. The folders are told apart by these patterns; the reasons are in the rules' comments.
 * `test/infra/check-rules.test.ts` shows that the rules bite.
 */
/** lib/state has effects too, but only through the store it is given: see its own rule. */
const PURE = '^lib/(?!aws/|gateways/|state/)';
const DECIDERS = '^lib/(?!model/|gateways/|errors/|aws/)';
const FUNCTION = '^functions/(api|health|scheduler-tick|events/ingest|events/publish|events/stream)/';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle cannot be read from one end.', {}, { circular: true }),
    forbid('resolvable', 'Every import leads somewhere.', {}, { couldNotResolve: true }),
    forbid(
      'declared-packages',
      'What is imported is named in package.json.',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    forbid(
      'deployed-packages',
      'Deployed code uses dependencies, not devDependencies.',
      { path: '^(lib|functions)/' },
      { dependencyTypes: ['npm-dev'], pathNot: '(^|/)node_modules/@types/' },
    ),
    forbid(
      'sdk-only-in-lib-aws',
      'lib/aws is the one importer of the SDK.',
      { pathNot: '^(lib/aws|test)/' },
      { path: '(^|/)node_modules/@(aws-sdk|smithy)/' },
    ),
    forbid(
      'cdk-only-in-infra',
      'The template is the one place that knows the CDK.',
      { pathNot: '^(infra|test)/' },
      { path: '(^|/)node_modules/(aws-cdk-lib|constructs)/' },
    ),
    forbid(
      'pure-packages',
      'Deciders are functions of their arguments: schemas and expressions only.',
      { path: PURE },
      { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/(zod|re2js)/' },
    ),
    forbid(
      'pure-no-built-ins',
      'Deciders have no effects; the one built-in is the hash of lib/model/content-hash.ts.',
      { path: PURE, pathNot: '^lib/model/content-hash\\.ts$' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'content-hash-only-hashes',
      'lib/model/content-hash.ts needs node:crypto and no other built-in.',
      { path: '^lib/model/content-hash\\.ts$' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    ),
    forbid(
      'pure-folders',
      'Deciders import deciders; of the gateways only the type of the id source, which comes in as an argument.',
      { path: PURE },
      { path: '^(lib/(aws|gateways)|functions|infra|cli|web)/', pathNot: '^lib/gateways/id-source\\.ts$' },
    ),
    forbid(
      'pure-id-source-is-a-type',
      'Ids come in as arguments: no decider makes its own source.',
      { path: PURE },
      { path: '^lib/gateways/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'state-through-the-store',
      'Repositories reach the table through the store gateway alone, and use deciders for the shapes they keep.',
      { path: '^lib/state/' },
      { path: ['^lib/aws/', '(^|/)node_modules/'] },
    ),
    forbid(
      'state-no-built-ins',
      'Repositories have no effects of their own.',
      { path: '^lib/state/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'deciders-apart-from-state',
      'Deciders take plain data; who reads and writes it is the functions’ business.',
      { path: PURE },
      { path: '^lib/state/' },
    ),
    forbid(
      'gateways-know-the-model',
      'Gateways are interfaces over the model, with in-memory versions beside them.',
      { path: '^lib/gateways/' },
      { pathNot: '^lib/(gateways|model)/' },
    ),
    forbid(
      'adapters-decide-nothing',
      'lib/aws is calls and codecs: no decider; of lib/launch the types.',
      { path: '^lib/aws/' },
      { path: DECIDERS, pathNot: '^lib/launch/' },
    ),
    forbid(
      'adapters-launch-types',
      'lib/aws takes the types of lib/launch, not its decisions.',
      { path: '^lib/aws/' },
      { path: '^lib/launch/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'functions-apart',
      'Functions meet in the table, not in code; what they share is in functions/runtime or lib.',
      { path: FUNCTION },
      { path: '^functions/', pathNot: ['^functions/$1/', '^functions/runtime/'] },
    ),
    forbid(
      'runtime-is-shared',
      'What functions share knows no function.',
      { path: '^functions/runtime/' },
      { path: '^functions/', pathNot: '^functions/runtime/' },
    ),
    forbid('below-functions', 'lib knows nothing of its callers.', { path: '^lib/' }, { path: '^(functions|infra)/' }),
    forbid('functions-not-infra', 'Functions read their environment.', { path: '^functions/' }, { path: '^infra/' }),
    forbid(
      'infra-wires',
      'The template names entry files; it imports neither deciders nor functions.',
      { path: '^infra/' },
      { path: ['^functions/', '^lib/(?!model/)'] },
    ),
    forbid(
      'local-cloud-is-aws',
      'The local cloud plays AWS: it knows the template and plain types, nothing of what runs on it.',
      { path: '^localstack/' },
      { path: ['^functions/', '^lib/(?!model/)'] },
    ),
    forbid(
      'local-cloud-apart',
      'Nothing deployed knows that a local cloud exists.',
      { pathNot: '^(localstack|test)/' },
      { path: '^localstack/' },
    ),
    forbid('tests-apart', 'Only tests and benchmarks import tests.', { pathNot: '^(test|bench)/' }, { path: '^test/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  },
};
