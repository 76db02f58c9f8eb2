import * as z from 'zod';

/** `GET /stride/v1/tasks/{taskId}/files/{name}`. */
export const taskFilePage = z.strictObject({
  data: z.string().describe('Whole lines; none when there are no more at the moment.'),
  nextOffset: z.string().describe('`offset` of the request for what follows.'),
});
