module.exports = {
  forbidden: [
    { name: 'x', severity: 'error', from: { path: '^lib/deployment' }, to: { path: 'node_modules/@aws-sdk' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node'] },
  },
};
