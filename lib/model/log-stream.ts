/** Log streams of our tasks begin with it: `<prefix>/<container>/<ECS task id>` (aws.md §1.5). */
export const LOG_STREAM_PREFIX = 'stride';
