import * as z from 'zod';
import { ClusterQueryError, parseClusterQuery } from '../cluster-query.ts';

/** An expression of ECS's cluster query language, compiled. */
export const clusterQuery = z
  .string()
  .max(2000)
  .transform((text, context) => {
    try {
      return parseClusterQuery(text);
    } catch (error) {
      if (!(error instanceof ClusterQueryError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
